import { reset, runInDurableObject } from 'cloudflare:test';
import { afterEach, describe, expect, test } from 'vitest';
import migrations from '../../db/control/migrations/migrations.js';
import * as schema from '../../db/control/schema.ts';
import { bindings } from '../api/testing/world.ts';
import { openOwnDatabase } from './migrate.ts';

/** The last state of the tables before holds could belong to windows. */
const BEFORE_WINDOWS = 3;
const HOLDS = [
  {
    n: 1,
    id: 'hold_1',
    mode: 'closed',
    reason: 'over',
    message: 'Back soon',
    ownerKind: 'person',
    ownerId: 'ann',
    createdAt: 5,
    expiresAt: 9,
    endedAt: 7,
    endedBy: 'ann',
  },
  {
    n: 2,
    id: 'hold_2',
    mode: 'read-only',
    reason: 'copying',
    message: null,
    ownerKind: 'job',
    ownerId: 'job_1',
    createdAt: 6,
    expiresAt: null,
    endedAt: null,
    endedBy: null,
  },
];

afterEach(() => reset());

describe('M4: holds outlive a new version', () => {
  test('those that are active and those that are over are there as before, and windows can have some, too', async () => {
    const stub = bindings.CONTROL.getByName('older');
    await runInDurableObject(stub, async (_, { storage }) => {
      await storage.deleteAll();
      const older = {
        ...migrations,
        journal: { ...migrations.journal, entries: migrations.journal.entries.slice(0, BEFORE_WINDOWS) },
      };
      await openOwnDatabase(storage, older, {});
      const insert = (hold: (typeof HOLDS)[number]) =>
        storage.sql.exec(`INSERT INTO holds VALUES (${Object.keys(hold).fill('?').join(', ')})`, ...Object.values(hold));
      for (const hold of HOLDS) insert(hold);
      const byWindow = { ...(HOLDS[1] as (typeof HOLDS)[number]), n: 3, id: 'hold_3', ownerKind: 'window', ownerId: 'window_1' };
      expect(() => insert(byWindow)).toThrow(/CHECK/);
      const db = await openOwnDatabase(storage, migrations, schema);
      insert(byWindow);
      expect(db.select().from(schema.holds).all()).toEqual([...HOLDS, byWindow]);
      expect(() => insert({ ...byWindow, n: 4, id: 'hold_4', ownerKind: 'nobody' })).toThrow(/CHECK/);
      expect(() => insert({ ...byWindow, n: 4 })).toThrow(/UNIQUE/);
    });
  });
});
