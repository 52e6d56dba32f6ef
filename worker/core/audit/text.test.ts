import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SYSTEM } from '../../protocol/audit.ts';
import { GENESIS, seal, toEntry } from './entry.ts';
import { CSV_HEAD, csvCell, csvLine, ndjsonLine } from './text.ts';

/** A reader as RFC 4180 describes it. */
function parseCsv(text: string): string[][] {
  const records: string[][] = [[]];
  for (let at = 0; at < text.length; ) {
    let cell = '';
    if (text[at] === '"') {
      for (at += 1; text[at] !== '"' || text[at + 1] === '"'; at += 1) {
        cell += text[at];
        if (text[at] === '"') at += 1;
      }
      at += 1;
    } else for (; at < text.length && text[at] !== ',' && text[at] !== '\r'; at += 1) cell += text[at];
    records.at(-1)?.push(cell);
    if (text[at] === ',') at += 1;
    else if (text.startsWith('\r\n', at)) {
      at += 2;
      if (at < text.length) records.push([]);
    }
  }
  return records;
}

describe('A1: the trail as a file', () => {
  test.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '  =1', '=HYPERLINK("http://x","y")'])(
    'a cell that a spreadsheet would run is made text: %j',
    (formula) => {
      expect(parseCsv(csvCell(formula))[0]?.[0]).toBe(`'${formula}`);
    },
  );

  test('any text comes back as one cell, and none begins like a formula', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' }), { minLength: 2, maxLength: 5 }), (values) => {
        const [record, ...more] = parseCsv(`${values.map(csvCell).join(',')}\r\n`);
        expect(more).toEqual([]);
        expect(record?.map((cell, at) => (cell === values[at] ? cell : cell.slice(1)))).toEqual(values);
        for (const cell of record ?? []) expect(cell).not.toMatch(/^\s*[=+\-@]/);
      }),
    );
  });

  test('an entry is one record of as many cells as the head has, and one line of NDJSON', () => {
    const draft = { by: { ...SYSTEM, actor: '=evil"\r\n,' }, action: 'job.failed', target: 'job_1', database: 'DB' } as const;
    const entry = toEntry(seal(GENESIS, { ...draft, detail: { text: 'a,b\n"c"' } }, 0));
    const [head, record, ...more] = parseCsv(CSV_HEAD + csvLine(entry));
    expect(more).toEqual([]);
    expect(record).toHaveLength(head?.length ?? 0);
    expect(record?.[head?.indexOf('actor') ?? -1]).toBe('\'=evil"\r\n,');
    expect(JSON.parse(record?.[head?.indexOf('detail') ?? -1] ?? '')).toEqual(entry.detail);
    expect(ndjsonLine(entry).split('\n')).toHaveLength(2);
    expect(JSON.parse(ndjsonLine(entry))).toEqual(entry);
  });
});
