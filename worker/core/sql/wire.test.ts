/** What travels as hex must come out as the codec writes it: judged by a decoder, and by SQLite reading it back. */
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cellText } from './cells.ts';
import { toHex } from './quote.ts';
import { JOINT, rowOf } from './row-block.ts';
import { canonicalRow, isMarked, RowWriter, WIRE_JOINT } from './wire.ts';

const database = new DatabaseSync(':memory:');
const bytesOf = (literal: string): unknown =>
  database.prepare(`SELECT CAST(${literal} AS BLOB) AS b, typeof(${literal}) AS t`).get();

/** Bytes around every border of UTF-8, so that a wrong one is likely to be drawn. */
const edges = [
  0x00, 0x0d, 0x27, 0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbd, 0xbf, 0xc1, 0xc2, 0xdf, 0xe0, 0xed, 0xef, 0xf0, 0xf4, 0xf5,
  0xff,
];
const anyBytes = fc.oneof(
  fc.uint8Array({ maxLength: 40 }),
  fc.array(fc.constantFrom(...edges), { maxLength: 8 }).map((list) => Uint8Array.from(list)),
  fc.string({ unit: 'binary', maxLength: 20 }).map((text) => new TextEncoder().encode(text)),
);

describe('B1 text as it travels', () => {
  test('becomes what the codec writes, and reads back with every byte', () => {
    fc.assert(
      fc.property(anyBytes, (bytes) => {
        const hex = toHex(bytes);
        const row = canonicalRow(`1,T${hex},NULL`);
        expect(row).toBe(`(1,${cellText('text', hex)},NULL)`);
        expect(bytesOf(row.slice(3, -6))).toEqual({ b: bytes, t: 'text' });
      }),
      { numRuns: 3_000 },
    );
  });

  test.each([
    ['T', "''"],
    ['T27', "''''"],
    ['T4F274E', "'O''N'"],
    ['TC3A9', "'é'"],
    ['TEFBFBD', "CAST(x'EFBFBD' AS TEXT)"],
    ['T00', "CAST(x'00' AS TEXT)"],
    ['T410D', "CAST(x'410D' AS TEXT)"],
    ['TEDA080', "CAST(x'EDA080' AS TEXT)"],
    ['TC0AF', "CAST(x'C0AF' AS TEXT)"],
    ['TF09F9299', "'💙'"],
    ['TEFBBBF41', "'\uFEFFA'"],
    ['d5', '0.0005'],
    ['d-10', '-0.001'],
    ['d10000', '1.0'],
    ['d-1359200', '-135.92'],
    ['d30100', '3.01'],
    ['d999999999999999', '99999999999.9999'],
    ['5h', '5/1024.0'],
    ['-3g', '-3*1.0'],
    ['7p', '7/1152921504606846976.0/1073741824.0'],
  ])('%s is %s', (wire, canonical) => {
    expect(canonicalRow(wire)).toBe(`(${canonical})`);
  });

  test('each row can be found again', () => {
    const rows = Array.from({ length: 5_000 }, (_, n) => `${n},T${toHex(new TextEncoder().encode(JOINT.repeat(n % 7)))}`);
    const block = new RowWriter().rows(rows.join(WIRE_JOINT));
    expect(block.ends).toHaveLength(rows.length);
    expect(rows.map((_, n) => new TextDecoder().decode(rowOf(block, n)))).toEqual(rows.map(canonicalRow));
  });

  test('the memory of one page serves the next, longer or shorter', () => {
    const writer = new RowWriter();
    const decoder = new TextDecoder();
    for (const length of [3, 40, 2, 5_000, 1, 400]) {
      const rows = Array.from({ length }, (_, n) => `${length},T27${'27'.repeat(n % 90)},${n % 7 === 0 ? 'T00' : '5h'}`);
      const block = writer.rows(rows.join(WIRE_JOINT));
      expect(decoder.decode(block.bytes)).toBe(rows.map(canonicalRow).join(JOINT));
      expect(block.ends).toHaveLength(length);
    }
  });

  test('everything else passes as it is, rows are joined as in a backup, and growth loses nothing', () => {
    const rows = ["1,X'00FF',NULL,-0.0", '2,9e999,5/1024.0,T'];
    expect(canonicalRow(rows.join(WIRE_JOINT))).toBe(`(${rows[0]})${JOINT}(2,9e999,5/1024.0,'')`);
    expect(canonicalRow(Array.from({ length: 10_000 }, () => 'T').join(WIRE_JOINT))).toHaveLength(10_000 * 6 - 2);
    const quotes = Array.from({ length: 20_000 }, () => 'T27').join(',');
    expect(canonicalRow(quotes)).toBe(`(${Array.from({ length: 20_000 }, () => "''''").join(',')})`);
    const scaled = Array.from({ length: 20_000 }, () => '7o').join(',');
    expect(canonicalRow(scaled)).toBe(`(${Array.from({ length: 20_000 }, () => '7/1152921504606846976.0/1048576.0').join(',')})`);
    const decimals = Array.from({ length: 20_000 }, () => 'd1').join(',');
    expect(canonicalRow(decimals)).toBe(`(${Array.from({ length: 20_000 }, () => '0.0001').join(',')})`);
    const casts = Array.from({ length: 20_000 }, () => 'T00').join(',');
    expect(canonicalRow(casts)).toBe(`(${Array.from({ length: 20_000 }, () => "CAST(x'00' AS TEXT)").join(',')})`);
    const one = `T${'F09F9299'.repeat(300_000)}`;
    expect(new RowWriter().rows(one).bytes).toHaveLength(1_200_004);
    expect([isMarked('1,?'), isMarked('!'), isMarked("T3F21,X''")]).toEqual([true, true, false]);
  });
});
