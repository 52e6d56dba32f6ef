import { evictDurableObject, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { drizzle } from 'drizzle-orm/durable-sqlite';
import { migrate } from 'drizzle-orm/durable-sqlite/migrator';
import { expect, test } from 'vitest';
import migrations from '../../db/access/migrations/migrations.js';
import * as schema from '../../db/access/schema.ts';
import { openOwnDatabase } from '../control/migrate.ts';
import type { AccessControl } from './access-control.ts';

const { ACCESS } = env as unknown as { ACCESS: DurableObjectNamespace<AccessControl> };
const NEVER = 9_999_999_999_999;

/** As version 0.1 left it: a role, and no databases. */
const OLD_ROWS = [
  `INSERT INTO tokens (id, name, role, hash, created_at, created_by) VALUES
     ('tok_1', 'ci', 'operator', 'token-hash', 1, 'owner'), ('tok_2', 'eye', 'viewer', 'other-hash', 2, 'owner')`,
  `INSERT INTO sessions (hash, subject, display_name, role, token_id, owner_hash, created_at, expires_at) VALUES
     ('s1', 'token:ci', 'ci', 'operator', 'tok_1', NULL, 1, ${NEVER}),
     ('s2', 'owner', 'Owner', 'admin', NULL, 'fingerprint', 2, ${NEVER}),
     ('s3', 'token:eye', 'eye', 'viewer', 'tok_2', NULL, 3, 4)`,
  `INSERT INTO codes (hash, subject, display_name, role, expires_at) VALUES ('c1', 'owner', 'Owner', 'admin', ${NEVER})`,
  `INSERT INTO attempts (address, failures, last_at) VALUES ('203.0.113.7', 3, 1)`,
];

test('X2: who had a role before there were databases to it has it on everything', async () => {
  const stub = ACCESS.getByName('old');
  const { journal, migrations: texts } = migrations as {
    journal: { entries: { tag: string }[] };
    migrations: Record<string, string>;
  };
  const old = { journal: { ...journal, entries: journal.entries.slice(0, 2) }, migrations: texts };
  expect(old.journal.entries.map(({ tag }) => tag)).toEqual(['0000_start', '0001_audit']);
  await runInDurableObject(stub, async (_, { storage }) => {
    await storage.deleteAll();
    await migrate(drizzle(storage), old as unknown as Parameters<typeof migrate>[1]);
    for (const sql of OLD_ROWS) storage.sql.exec(sql);
    await openOwnDatabase(storage, migrations, schema);
    const rows = (sql: string) => storage.sql.exec(sql).toArray();
    const everything = (role: string) => JSON.stringify([{ role, databases: null }]);
    expect(rows('SELECT hash, subject, grants, token_id, owner_hash, created_at, expires_at FROM sessions ORDER BY hash')).toEqual([
      {
        hash: 's1',
        subject: 'token:ci',
        grants: everything('operator'),
        token_id: 'tok_1',
        owner_hash: null,
        created_at: 1,
        expires_at: NEVER,
      },
      {
        hash: 's2',
        subject: 'owner',
        grants: everything('admin'),
        token_id: null,
        owner_hash: 'fingerprint',
        created_at: 2,
        expires_at: NEVER,
      },
      {
        hash: 's3',
        subject: 'token:eye',
        grants: everything('viewer'),
        token_id: 'tok_2',
        owner_hash: null,
        created_at: 3,
        expires_at: 4,
      },
    ]);
    expect(rows('SELECT id, role, databases FROM tokens ORDER BY n')).toEqual([
      { id: 'tok_1', role: 'operator', databases: null },
      { id: 'tok_2', role: 'viewer', databases: null },
    ]);
    // Links live ten minutes: those that were open have to be made again.
    expect(rows('SELECT * FROM codes')).toEqual([]);
    expect(rows('SELECT address, failures FROM attempts')).toEqual([{ address: '203.0.113.7', failures: 3 }]);
  });
  await evictDurableObject(stub);
  const access = stub as unknown as Pick<AccessControl, 'byToken' | 'bySession' | 'listTokens'>;
  const operator = [{ role: 'operator', databases: null }];
  expect(await access.byToken('token-hash')).toMatchObject({ subject: 'token:ci', grants: operator, expiresAt: null });
  expect(await access.bySession('s1', null)).toMatchObject({ subject: 'token:ci', grants: operator });
  expect(await access.bySession('s2', 'fingerprint')).toMatchObject({ grants: [{ role: 'admin', databases: null }] });
  expect(await access.bySession('s2', 'another secret')).toBeNull();
  expect(await access.bySession('s3', null)).toBeNull();
  expect((await access.listTokens(null, 10)).items).toMatchObject([{ id: 'tok_2', databases: null }, { id: 'tok_1' }]);
});
