import { evictDurableObject, reset, runInDurableObject } from 'cloudflare:test';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bindings, inside, json, verdictOf } from '../api/testing/world.ts';
import { seal } from '../core/audit/entry.ts';
import type { AuditVerdict } from '../protocol/audit.ts';
import { ANCHOR_EVERY } from './audit-keeper.ts';
import type { ControlPlane } from './control-plane.ts';

const CHAIN = '/databases/DB/audit';
const stub = () => bindings.CONTROL.getByName('DB');
const plane = () => stub() as unknown as Pick<ControlPlane, keyof ControlPlane>;
const by = { actor: 'ann', address: 'local', requestId: 'r1' };

/** Readings, each with a target of its own: the cheapest entries there are. */
async function record(count: number, prefix = 'x'): Promise<void> {
  for (let n = 0; n < count; n += 1) {
    await plane().recordReading({
      by,
      action: 'backup.downloaded',
      target: `${prefix} ${n}`,
      detail: { odd: `NUL \0 é 😀 \ud800` },
    });
  }
}
const verify = (): Promise<AuditVerdict> => verdictOf(CHAIN);

/** Undone after the test, so that the next one starts from a sound chain. */
async function tampered(...statements: string[]): Promise<AuditVerdict> {
  await inside(stub(), 'CREATE TABLE audit_was AS SELECT * FROM audit');
  await inside(stub(), 'CREATE TABLE head_was AS SELECT * FROM audit_head');
  for (const statement of statements) await inside(stub(), statement);
  await evictDurableObject(stub());
  const verdict = await verify();
  await inside(stub(), 'DELETE FROM audit');
  await inside(stub(), 'DELETE FROM audit_head');
  await inside(stub(), 'INSERT INTO audit SELECT * FROM audit_was');
  await inside(stub(), 'INSERT INTO audit_head SELECT * FROM head_was');
  await inside(stub(), 'DROP TABLE audit_was');
  await inside(stub(), 'DROP TABLE head_was');
  expect(await verify()).toMatchObject({ intact: true, checked: 30, breach: null });
  return verdict;
}

describe('A1: whoever gets at the storage cannot change the trail unnoticed', () => {
  beforeAll(async () => {
    await record(15);
    await evictDurableObject(stub());
    await record(15, 'y');
  });
  afterAll(() => reset());

  test.each<[string, string[], object]>([
    ['an actor altered', [`UPDATE audit SET actor = 'bob' WHERE n = 12`], { kind: 'altered', n: 12 }],
    ['a time altered by half a millisecond', ['UPDATE audit SET at = at + 0.5 WHERE n = 7'], { kind: 'altered', n: 7 }],
    ['a space added to a detail', [`UPDATE audit SET detail = detail || ' ' WHERE n = 3`], { kind: 'altered', n: 3 }],
    ['a text turned into a blob', ['UPDATE audit SET target = CAST(target AS BLOB) WHERE n = 9'], { kind: 'altered', n: 9 }],
    ['a hash altered', [`UPDATE audit SET hash = replace(hash, 'a', 'b') WHERE n = 20`], { kind: 'altered', n: 20 }],
    ['an outcome altered', [`UPDATE audit SET outcome = 'denied' WHERE n = 1`], { kind: 'altered', n: 1 }],
    ['an entry removed', ['DELETE FROM audit WHERE n = 12'], { kind: 'removed', n: 12 }],
    ['the first removed', ['DELETE FROM audit WHERE n = 1'], { kind: 'removed', n: 1 }],
    [
      'several removed',
      ['DELETE FROM audit WHERE n BETWEEN 4 AND 9'],
      { kind: 'removed', n: 4, message: 'Entries 4 to 9 are missing.' },
    ],
    [
      'one removed and the gap closed',
      [
        'DELETE FROM audit WHERE n = 12',
        'UPDATE audit SET n = -n WHERE n > 12',
        'UPDATE audit SET n = -n - 1 WHERE n < 0',
        'UPDATE audit_head SET n = 29',
      ],
      { kind: 'removed', n: 12 },
    ],
    [
      'two exchanged',
      ['UPDATE audit SET n = -1 WHERE n = 5', 'UPDATE audit SET n = 5 WHERE n = 21', 'UPDATE audit SET n = 21 WHERE n = -1'],
      { kind: 'reordered', n: 5 },
    ],
    ['the newest cut off', ['DELETE FROM audit WHERE n > 28'], { kind: 'truncated', n: 29 }],
    ['everything cut off', ['DELETE FROM audit'], { kind: 'truncated', n: 1 }],
  ])('%s', async (_, statements, breach) => {
    const verdict = await tampered(...statements);
    expect(verdict).toMatchObject({ intact: false, breach });
    expect(verdict.checked).toBe((breach as { n: number }).n - 1);
  });

  test('an altered entry can still be read, and the trail goes on after it', async () => {
    await inside(stub(), `UPDATE audit SET detail = '{' WHERE n = 2`);
    await record(1, 'z');
    const { items } = await json<{ items: { n: number }[] }>(CHAIN);
    expect(items).toHaveLength(31);
    expect((await verify()).breach).toMatchObject({ kind: 'altered', n: 2 });
  });
});

describe('A1: anchors in R2', () => {
  const keys = async () => (await bindings.ARCHIVE.list({ prefix: 'db/DB/audit/' })).objects.map(({ key }) => key);
  const today = () => new Date().toISOString().slice(0, 10);

  beforeAll(async () => {
    await record(10);
    await plane().wake();
  });
  afterAll(() => reset());

  test('one a day, and only when there is something new; one after every thousand entries', async () => {
    expect(await keys()).toEqual([`db/DB/audit/${today()}.json`]);
    await plane().wake();
    expect(await keys()).toHaveLength(1);
    const anchor = await (await bindings.ARCHIVE.get(`db/DB/audit/${today()}.json`))?.json();
    expect(anchor).toEqual({ n: 10, hash: expect.stringMatching(/^[0-9a-f]{64}$/), at: expect.any(String) });
    await record(ANCHOR_EVERY, 'many');
    await plane().wake();
    expect(await keys()).toEqual([`db/DB/audit/${10 + ANCHOR_EVERY}.json`, `db/DB/audit/${today()}.json`]);
    expect(await verify()).toMatchObject({ intact: true, anchors: { checked: 2, newest: 1_010, damaged: [], missing: false } });
  });

  test('one that is there already is never overwritten', async () => {
    await inside(stub(), `UPDATE audit_head SET anchored_on = ''`);
    const before = await bindings.ARCHIVE.head(`db/DB/audit/${today()}.json`);
    await record(5, 'more');
    await plane().wake();
    expect((await bindings.ARCHIVE.head(`db/DB/audit/${today()}.json`))?.version).toBe(before?.version);
    expect(await keys()).toContain('db/DB/audit/1015.json');
    expect(await verify()).toMatchObject({ intact: true, anchors: { checked: 3, newest: 1_015 } });
  });

  test('a chain written anew, hashes, head and all, is found by them', async () => {
    await runInDurableObject(stub(), (_, { storage }) => {
      const rows = storage.sql
        .exec<Record<string, string | number | null>>('SELECT * FROM audit WHERE n >= 500 ORDER BY n')
        .toArray();
      let head = storage.sql.exec<{ n: number; hash: string }>('SELECT n, hash FROM audit WHERE n = 499').one();
      for (const row of rows) {
        const actor = row.n === 500 ? 'mallory' : String(row.actor);
        const draft = { by: { ...by, actor }, action: 'backup.downloaded', target: String(row.target), database: 'DB' } as const;
        const detail = JSON.parse(String(row.detail)) as Record<string, unknown>;
        const forged = seal(head, { ...draft, detail }, Number(row.at));
        storage.sql.exec(
          'UPDATE audit SET actor = ?, prev_hash = ?, hash = ? WHERE n = ?',
          actor,
          forged.prevHash,
          forged.hash,
          forged.n,
        );
        head = forged;
      }
      storage.sql.exec('UPDATE audit_head SET hash = ?', head.hash);
    });
    const { breach, checked } = await verify();
    expect(breach).toMatchObject({ kind: 'altered', n: 11, message: expect.stringContaining('entry 1010') });
    expect(checked).toBe(1_009);
  });

  test('our storage lost as a whole: what is left is too short', async () => {
    await inside(stub(), 'DELETE FROM audit');
    await inside(stub(), 'DELETE FROM audit_head');
    await record(3);
    expect((await verify()).breach).toMatchObject({ kind: 'truncated', n: 4, message: expect.stringContaining('1015') });
  });

  test('an anchor that was altered or removed is noticed', async () => {
    for (const key of await keys()) await bindings.ARCHIVE.delete(key);
    expect(await verify()).toMatchObject({ intact: true, checked: 3 });
    await inside(stub(), 'UPDATE audit_head SET anchored = 2');
    expect(await verify()).toMatchObject({ intact: false, breach: null, anchors: { missing: true } });
    await bindings.ARCHIVE.put('db/DB/audit/2.json', '{"n":2,"hash":');
    expect(await verify()).toMatchObject({ intact: false, anchors: { damaged: ['db/DB/audit/2.json'] } });
    await bindings.ARCHIVE.put(
      'db/DB/audit/2.json',
      JSON.stringify({ n: 2, hash: 'f'.repeat(64), at: '2026-11-22T00:07:00.000Z' }),
    );
    expect((await verify()).breach).toMatchObject({ kind: 'altered', n: 1 });
  });
});

describe('A1: large chains', () => {
  const LENGTH = 100_000;
  afterAll(() => reset());

  test(`${LENGTH} entries are checked within seconds, a page at a time, while the object answers others`, async () => {
    await record(1);
    await runInDurableObject(stub(), (_, { storage }) => {
      let head = storage.sql.exec<{ n: number; hash: string }>('SELECT n, hash FROM audit_head').one();
      storage.transactionSync(() => {
        while (head.n < LENGTH) {
          const row = seal(
            head,
            { by, action: 'job.effect', target: `job_${head.n % 97}`, database: 'DB', detail: { step: `rows-${head.n}` } },
            1_764_000_000_000 + head.n,
          );
          const names = Object.keys(row).map((name) => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`));
          storage.sql.exec(`INSERT INTO audit (${names.join()}) VALUES (${names.map(() => '?').join()})`, ...Object.values(row));
          head = { n: row.n, hash: row.hash };
        }
        storage.sql.exec('UPDATE audit_head SET n = ?, hash = ?, mirrored = ?, anchored = ?', head.n, head.hash, head.n, 0);
      });
    });
    const checking = verify();
    let waitedMs = 0;
    let over = false;
    void checking.finally(() => {
      over = true;
    });
    while (!over) {
      const at = Date.now();
      await plane().maintenanceStatus();
      waitedMs = Math.max(waitedMs, Date.now() - at);
    }
    const verdict = await checking;
    console.info(`checked ${verdict.checked} entries in ${verdict.tookMs} ms; others waited ${waitedMs} ms at most`);
    expect(verdict).toMatchObject({ intact: true, checked: LENGTH, head: { n: LENGTH } });
    expect(verdict.tookMs).toBeLessThan(15_000);
    expect(waitedMs).toBeLessThan(2_000);

    await inside(stub(), 'UPDATE audit SET n = -1 WHERE n = 40');
    await inside(stub(), 'UPDATE audit SET n = 40 WHERE n = 90000');
    await inside(stub(), 'UPDATE audit SET n = 90000 WHERE n = -1');
    const started = Date.now();
    expect((await verify()).breach).toMatchObject({ kind: 'reordered', n: 40, message: expect.stringContaining('90000') });
    console.info(`a far exchange was named in ${Date.now() - started} ms`);
  });
});
