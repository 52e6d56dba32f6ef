import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, expect, test } from 'vitest';
import * as accessSchema from '../../db/access/schema.ts';
import * as controlSchema from '../../db/control/schema.ts';
import type { AccessControl } from '../access/access-control.ts';
import type { ControlPlane } from './control-plane.ts';
import { schemaDifferences } from './migrate.ts';

const { CONTROL, ACCESS } = env as unknown as {
  CONTROL: DurableObjectNamespace<ControlPlane>;
  ACCESS: DurableObjectNamespace<AccessControl>;
};

describe('an object proves its own tables at boot', () => {
  test('a schema that is not as expected is refused by name', async () => {
    const stub = CONTROL.getByName('boot');
    const differences = () => runInDurableObject(stub, (_, { storage }) => schemaDifferences(storage, controlSchema));
    expect(await differences()).toEqual([]);
    await runInDurableObject(stub, (_, { storage }) => void storage.sql.exec('ALTER TABLE backups RENAME COLUMN summary TO story'));
    expect(await differences()).toEqual(['backups.summary is missing', 'backups.story is unknown']);
  });

  test('access control has its tables, the audit chain among them', async () => {
    const stub = ACCESS.getByName('boot');
    expect(await runInDurableObject(stub, (_, { storage }) => schemaDifferences(storage, accessSchema))).toEqual([]);
    const tables = await runInDurableObject(stub, (_, { storage }) =>
      storage.sql.exec<{ name: string }>(`SELECT name FROM sqlite_schema WHERE name LIKE 'audit%' AND type = 'table'`).toArray(),
    );
    expect(tables.map(({ name }) => name).sort()).toEqual(['audit', 'audit_head']);
  });
});
