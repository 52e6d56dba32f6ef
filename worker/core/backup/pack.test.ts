import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { blockOf } from '../sql/row-block.ts';
import { statements } from '../sql/split.ts';
import { type Hash, Packer } from './pack.ts';
import type { RowSource } from './source.ts';

const newHash = (): Hash => {
  const hash = createHash('sha256');
  return { update: (bytes) => void hash.update(bytes), digest: () => hash.digest('hex') };
};
const source: RowSource = {
  table: 't',
  pagedBy: 'rowid',
  cells: [
    { sql: 'id', holds: 'rowid' },
    { sql: 'b', holds: 'any' },
  ],
  key: [{ sql: 'id', collation: null, descending: false }],
  keyCells: [0],
  keyTable: '"t"',
  header: 'INSERT INTO "t"("id","b") VALUES\n',
  singly: false,
};
const CHUNK = 250_000;

/** All chunks, with the rows handed over in blocks of these sizes. */
function packed(rows: readonly string[], blocks: readonly number[], from = 0, singly = false) {
  const packer = new Packer(newHash, CHUNK);
  packer.beginTable({ ...source, singly }, from === 0 ? null : String(from - 1));
  const chunks: { text: string; segments: ReturnType<Packer['cut']>['segments']; cursor: string | null }[] = [];
  const cut = () => {
    const { cursor } = packer;
    const { text, segments } = packer.cut();
    chunks.push({ text: Buffer.from(text).toString(), segments, cursor });
  };
  for (let at = from, n = 0; at < rows.length; n += 1) {
    const size = blocks[n % blocks.length] as number;
    const block = blockOf(rows.slice(at, at + size));
    for (let taken = 0; taken < block.ends.length; taken = packer.rows(block, taken)) if (packer.full) cut();
    at += size;
  }
  packer.endTable();
  cut();
  return chunks;
}

const sizes = fc.array(fc.oneof(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 40_000, max: 60_000 }), fc.constant(130_000)), {
  minLength: 1,
  maxLength: 60,
});
const rowsOf = (lengths: readonly number[]) => lengths.map((length, n) => `(${n},X'${'AB'.repeat(length)}')`);

describe('B6 the packer', () => {
  test('B6 chunks depend on the rows only: not on the blocks that they come in, nor on where somebody began', () => {
    fc.assert(
      fc.property(
        sizes,
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 }),
        fc.boolean(),
        (lengths, blocks, singly) => {
          const rows = rowsOf(lengths);
          const whole = packed(rows, [Math.max(1, rows.length)], 0, singly);
          expect(packed(rows, blocks, 0, singly)).toEqual(whole);
          whole.forEach(({ cursor }, n) => {
            if (n < whole.length - 1) expect(packed(rows, blocks, Number(cursor) + 1, singly)).toEqual(whole.slice(n + 1));
          });
        },
      ),
      { numRuns: 60 },
    );
  });

  test('B2 every statement is below 100,000 bytes, and every row is in one', () => {
    fc.assert(
      fc.property(sizes, (lengths) => {
        const chunks = packed(rowsOf(lengths), [7]);
        expect(chunks.flatMap(({ segments }) => segments).reduce((sum, { rows }) => sum + rows, 0)).toBe(lengths.length);
        for (const { sql, complete } of chunks.flatMap(({ text }) => [...statements(text)])) {
          expect(complete).toBe(true);
          expect(sql.length).toBeLessThan(100_000);
        }
      }),
      { numRuns: 40 },
    );
  });

  test('B4 a table that is written row by row fills no more than its chunks', () => {
    const chunks = packed(rowsOf(Array.from({ length: 400 }, () => 1_000)), [400], 0, true);
    expect(chunks.map(({ text }) => text.length < CHUNK + 3_000)).toEqual(chunks.map(() => true));
    expect(chunks.flatMap(({ text }) => [...statements(text)])).toHaveLength(400);
  });

  test('a segment says its key range, and hashes its rows with `,\\n` between them', () => {
    const [chunk] = packed(["(1,'a')", "(5,'b')"], [1]);
    const sha256 = createHash('sha256').update("(1,'a'),\n(5,'b')").digest('hex');
    expect(chunk?.segments).toEqual([{ table: 't', rows: 2, after: null, upTo: '5', sha256 }]);
    expect(chunk?.text).toBe(`${source.header}(1,'a'),\n(5,'b');\n`);
  });
});
