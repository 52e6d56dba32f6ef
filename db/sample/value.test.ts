import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import { insertInto } from './insert.ts';
import { real, rowToJson, toJson, type Value } from './value.ts';

/** What arrives in an untyped column: storage class, and bytes or digits. */
const arrives = (value: Value) => {
  const database = new DatabaseSync(':memory:');
  database.exec('create table t (id integer primary key, v)');
  const sql = insertInto({ name: 't', columns: [{ name: 'id' }, { name: 'v', kind: 'any' }] });
  database.prepare(sql).run(`[${rowToJson([1, value])}]`);
  const row = database.prepare('select typeof(v) as type, hex(v) as hex, v from t');
  row.setReadBigInts(true);
  const { type, hex, v } = row.get() as { type: string; hex: string; v: unknown };
  return { type, value: type === 'integer' || type === 'real' ? v : hex };
};
const hexOf = (text: string) => Buffer.from(text).toString('hex').toUpperCase();

describe('B1: a value arrives through json_each with its storage class, bit for bit', () => {
  test.each([0, -1, 2 ** 53 - 1])('integer %d', (value) =>
    expect(arrives(value)).toEqual({ type: 'integer', value: BigInt(value) }),
  );
  test.each([2n ** 53n + 1n, 2n ** 63n - 1n, -(2n ** 63n)])('int64 %d', (value) =>
    expect(arrives(value)).toEqual({ type: 'integer', value }),
  );
  test.each([1, 0.1 + 0.2, -2.5, 1e21, 1e-7, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])('real %d', (value) =>
    expect(arrives(real(value))).toEqual({ type: 'real', value }),
  );
  test.each(['', 'a\u0000b', 'it\'s "so"\r\n\t\\', '茶 🫖 شاي', '\u2028\u2029', '12', 'null', '["00"]'])('text %j', (value) =>
    expect(arrives(value)).toEqual({ type: 'text', value: hexOf(value) }),
  );
  test.each([[[]], [[0, 255, 16]]])('blob %j', (bytes) =>
    expect(arrives(Uint8Array.from(bytes))).toEqual({ type: 'blob', value: Buffer.from(bytes).toString('hex').toUpperCase() }),
  );
  test('null', () => expect(arrives(null)).toEqual({ type: 'null', value: '' }));
});

describe('what would change a value in silence is refused', () => {
  test.each([1.5, 2 ** 53, Number.NaN, real(Number.NaN), 2n ** 63n, -(2n ** 63n) - 1n])('%s', (value) =>
    expect(() => toJson(value)).toThrow(RangeError),
  );
});
