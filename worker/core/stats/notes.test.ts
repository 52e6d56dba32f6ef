import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { BackupSummary } from '../../protocol/backup.ts';
import { Note } from '../../protocol/database.ts';
import type { DatabaseFacts } from './facts.ts';
import { LONGEST_NOTE, MOST_NOTES, type NoteFacts, notesFor } from './notes.ts';
import { ago, bytesInWords, named, shellWord } from './words.ts';

const NOW = new Date('2026-11-23T08:00:00.000Z');
const healthy: DatabaseFacts = {
  sizeBytes: 1_000_000,
  tables: 3,
  widest: { table: 'customers', columns: 12 },
  largestRow: { table: 'customers', bytes: 300 },
  estimatedRows: false,
  unreadable: [],
  bigIntegers: [],
  keyless: [],
  foreignKeys: 0,
  unindexedForeignKeys: [],
  fullText: [],
};
const backup: BackupSummary = {
  id: 'bk_1',
  database: 'DB',
  jobId: 'job_1',
  createdAt: '2026-11-22T08:00:00.000Z',
  consistency: 'snapshot',
  partial: false,
  tables: 3,
  rows: 10,
  sqlBytes: 100,
  gzipBytes: 50,
  chunks: 1,
  tookMs: 10,
  warnings: [],
  verification: { state: 'unverified' },
};
const calm: NoteFacts = {
  databaseName: 'shop',
  sizeBytes: 1_000_000,
  sizeLimitBytes: 10_000_000_000,
  tables: [],
  facts: healthy,
  lastBackup: backup,
  now: NOW,
};
const warnings = (known: NoteFacts) => notesFor(known).filter(({ level }) => level === 'warning');
const about = (known: NoteFacts, title: RegExp) => notesFor(known).find((note) => title.test(note.title));

test('a healthy database has no warning, and each thing to do its command', () => {
  expect(warnings(calm)).toEqual([]);
  expect(notesFor(calm).flatMap(({ command }) => command ?? [])).toEqual([
    'wrangler d1 info shop',
    'wrangler d1 time-travel info shop',
    'wrangler d1 export shop --remote --output=dump.sql',
  ]);
});

describe('warns of', () => {
  test.each<[string, Partial<NoteFacts>, RegExp, RegExp]>([
    ['the size limit', { sizeBytes: 8_500_000_000 }, /Near the size limit/, /8\.5 GB of 10 GB are used \(85 %\)/],
    ['no backup', { lastBackup: null }, /No backup yet/, /Start an export/],
    ['an old backup', { lastBackup: { ...backup, createdAt: '2026-11-01T08:00:00.000Z' } }, /is old/, /22 days ago/],
    ['a partial backup', { lastBackup: { ...backup, partial: true } }, /is partial/, /3 of the tables/],
    [
      'a damaged backup',
      { lastBackup: { ...backup, verification: { state: 'damaged', at: backup.createdAt, code: 'backup_damaged', message: '' } } },
      /is damaged/,
      /verif/,
    ],
  ])('%s', (_, change, title, text) => {
    const found = warnings({ ...calm, ...change });
    expect(found).toHaveLength(1);
    expect(found[0]?.title).toMatch(title);
    expect(found[0]?.text).toMatch(text);
  });

  test.each<[string, Partial<DatabaseFacts>, RegExp]>([
    ['integers that JavaScript rounds', { bigIntegers: ['payments'] }, /payments: integers beyond 2\^53/],
    ['rows near 2 MB', { largestRow: { table: 'media', bytes: 1_400_000 } }, /A row of media has 1\.4 MB/],
    ['wide tables', { widest: { table: 'wide', columns: 97 } }, /wide has 97 columns/],
    ['children without an index', { unindexedForeignKeys: [{ table: 'items', columns: ['a', 'b'] }] }, /items \(a, b\)/],
    ['tables that cannot be read', { unreadable: ['broken'] }, /broken/],
  ])('%s', (_, change, text) => {
    const found = warnings({ ...calm, facts: { ...healthy, ...change } });
    expect(found).toHaveLength(1);
    expect(found[0]?.text).toMatch(text);
  });
});

test.each<[string, Partial<NoteFacts>, RegExp]>([
  ['300 MB are a remark on the free plan’s limit', { sizeBytes: 300_000_000 }, /the free plan allows 500 MB/],
  ['400 MB are near it', { sizeBytes: 400_000_000 }, /only 500 MB on the free plan/],
  ['900 MB are past it', { sizeBytes: 900_000_000 }, /900 MB of 10 GB/],
])('%s', (_, change, text) => {
  expect(about({ ...calm, ...change }, /size|limit/i)).toMatchObject({ level: 'info', text: expect.stringMatching(text) });
});

test('it says what is exact and what is not', () => {
  expect(about(calm, /exact/)?.text).toMatch(/Rows are counted/);
  expect(about({ ...calm, facts: { ...healthy, estimatedRows: true } }, /exact/)?.text).toMatch(
    /Rows of large tables are estimated/,
  );
});

test('with full-text tables it says that wrangler’s export refuses them', () => {
  expect(about({ ...calm, facts: { ...healthy, fullText: ['products_fts'] } }, /Export/)?.text).toMatch(
    /products_fts.*takes them along/,
  );
});

test('foreign keys and tables without a key are told only where there are any', () => {
  expect(about(calm, /Foreign keys|without a key/)).toBeUndefined();
  const facts = { ...healthy, foreignKeys: 2, keyless: ['log'] };
  expect(about({ ...calm, facts }, /Foreign keys/)?.text).toMatch(/never switches/);
  expect(about({ ...calm, facts }, /without a key/)?.text).toMatch(/log/);
});

test('before the first sample, and while the database is away, there are notes too', () => {
  const notes = notesFor({ ...calm, sizeBytes: null, facts: null });
  expect(notes.length).toBeGreaterThan(2);
  expect(notes.some(({ title }) => title === 'Size')).toBe(false);
});

test('whatever the database: at most 12 notes, each short and as the protocol wants it, warnings first', () => {
  const name = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 300 });
  const names = fc.array(name, { maxLength: 5 });
  const facts = fc.record<DatabaseFacts>({
    sizeBytes: fc.nat(),
    tables: fc.nat(),
    widest: fc.option(fc.record({ table: name, columns: fc.integer({ min: 0, max: 100 }) })),
    largestRow: fc.option(fc.record({ table: name, bytes: fc.nat(2_000_000) })),
    estimatedRows: fc.boolean(),
    unreadable: names,
    bigIntegers: names,
    keyless: names,
    foreignKeys: fc.nat(5),
    unindexedForeignKeys: fc.array(fc.record({ table: name, columns: names }), { maxLength: 4 }),
    fullText: names,
  });
  fc.assert(
    fc.property(
      facts,
      name,
      fc.option(fc.nat(10_000_000_000)),
      fc.constantFrom(backup, null),
      (seen, databaseName, sizeBytes, lastBackup) => {
        const notes = notesFor({ ...calm, databaseName, sizeBytes, facts: seen, lastBackup });
        expect(notes.length).toBeLessThanOrEqual(MOST_NOTES);
        expect(Math.max(...notes.map(({ text }) => text.length))).toBeLessThanOrEqual(LONGEST_NOTE);
        expect(notes.map((note) => Note.parse(note))).toEqual(notes);
        const levels = notes.map(({ level }) => level);
        expect(levels.lastIndexOf('warning')).toBeLessThan(levels.includes('info') ? levels.indexOf('info') : levels.length);
      },
    ),
  );
});

describe('words', () => {
  test.each([
    [0, '0 bytes'],
    [999, '999 bytes'],
    [1000, '1 kB'],
    [1_940_000, '1.9 MB'],
    [999_600, '1 MB'],
    [52_000_000, '52 MB'],
    [10_000_000_000, '10 GB'],
  ])('%d bytes are %s', (bytes, words) => expect(bytesInWords(bytes)).toBe(words));

  test.each([
    [1, '1 hour'],
    [47 * 3_600_000, '47 hours'],
    [48 * 3_600_000, '2 days'],
  ])('%d ms are %s', (ms, words) => expect(ago(ms)).toBe(words));

  test('names: the first two, shortened', () => {
    expect(named(['a', 'b', 'c', 'd'])).toBe('a, b and 2 more');
    expect([...named(['😀'.repeat(100)])]).toHaveLength(30);
  });

  test.each([
    ['my-db_1', 'my-db_1'],
    ['my db', "'my db'"],
    ["it's; rm", "'it'\\''s; rm'"],
  ])('%s is %s in a shell', (name, word) => expect(shellWord(name)).toBe(word));
});
