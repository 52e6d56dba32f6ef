import { readdirSync, readFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import journal from './meta/_journal.json';

const folder = `${import.meta.dirname}/`;
const filesIn = (path: string, ending: string) =>
  readdirSync(path)
    .filter((name) => name.endsWith(ending))
    .sort();
const tags = journal.entries.map((entry) => entry.tag);
const sqlOf = (tag: string) => readFileSync(`${folder}${tag}.sql`, 'utf8');

describe('drizzle-kit layout of the migrations', () => {
  test('the journal names each file, in order and with rising times', () => {
    expect(filesIn(folder, '.sql')).toEqual(tags.map((tag) => `${tag}.sql`));
    expect(journal.entries.map((entry) => entry.idx)).toEqual(tags.map((_, n) => n));
    const whens = journal.entries.map((entry) => entry.when);
    expect(whens).toEqual([...new Set(whens)].sort((a, b) => a - b));
  });

  test('each has a snapshot that follows from the one before', () => {
    const snapshots = filesIn(`${folder}meta`, '_snapshot.json').map((name) =>
      JSON.parse(readFileSync(`${folder}meta/${name}`, 'utf8')),
    );
    expect(snapshots).toHaveLength(tags.length);
    for (let n = 1; n < snapshots.length; n++) expect(snapshots[n].prevId).toBe(snapshots[n - 1].id);
  });

  test('all of it runs on stock SQLite, statement by statement', () => {
    const database = new DatabaseSync(':memory:');
    for (const statement of tags.flatMap((tag) => sqlOf(tag).split('--> statement-breakpoint'))) database.exec(statement);
    const { tables } = database.prepare(`select count(*) as tables from sqlite_schema where type = 'table'`).get() as {
      tables: number;
    };
    expect(tables).toBeGreaterThanOrEqual(27);
    expect(database.prepare('pragma integrity_check').all()).toEqual([{ integrity_check: 'ok' }]);
  });

  test('no statement comes near the 100,000 bytes that D1 takes, and no line ends in CR (the server-side splitter of D1 stumbles)', () => {
    for (const statement of tags.flatMap((tag) => sqlOf(tag).split('--> statement-breakpoint'))) {
      expect(Buffer.byteLength(statement)).toBeLessThan(100_000);
      expect(statement).not.toContain('\r');
    }
  });
});
