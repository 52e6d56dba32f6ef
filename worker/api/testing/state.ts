/** For tests in the real runtime: everything that a refusal must not change, as one comparable value. */
import { runInDurableObject } from 'cloudflare:test';
import { identifier } from '../../core/sql/quote.ts';
import { bindings } from './world.ts';

/** That something was refused is recorded; that a token was used is noted; failed sign-ins are counted. */
const MAY_CHANGE = ['audit', 'audit_head', 'attempts', 'audit_logs'];
const isPlatform = (name: string) => /^(?:_cf_|sqlite_)/i.test(name);

type Tables = Record<string, unknown[]>;

async function tablesOf(stub: DurableObjectStub): Promise<Tables> {
  return runInDurableObject(stub, (_, { storage }) => {
    const names = storage.sql.exec<{ name: string }>(`SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name`).toArray();
    const wanted = names.map(({ name }) => name).filter((name) => !isPlatform(name) && !MAY_CHANGE.includes(name));
    return Object.fromEntries(
      wanted.map((name) => {
        const rows = storage.sql.exec(`SELECT * FROM ${identifier(name)}`).toArray();
        for (const row of rows) {
          delete row.last_used_at;
          // When it looks again whether all is well: moves by itself.
          delete row.wake_at;
        }
        return [name, rows];
      }),
    );
  });
}

/** The managed database: its schema, and how many rows each table has. */
async function managedTables(database: D1Database): Promise<unknown> {
  const { results } = await database
    .prepare('SELECT type, name, sql FROM sqlite_schema ORDER BY name')
    .all<{ type: string; name: string }>();
  const own = results.filter(({ name }) => !isPlatform(name) && !MAY_CHANGE.some((may) => name.startsWith(may)));
  const tables = own.filter(({ type }) => type === 'table').map(({ name }) => `SELECT count(*) FROM ${identifier(name)}`);
  const counts = tables.length === 0 ? [] : await database.batch(tables.map((sql) => database.prepare(sql)));
  return { own, counts: counts.map((count) => count.results) };
}

/** Rows of the control planes and of access control, what lies in the archive, and the shape of the managed databases. */
export async function stateOfAll(): Promise<Record<string, unknown>> {
  const { objects } = await bindings.ARCHIVE.list();
  return {
    DB: await tablesOf(bindings.CONTROL.getByName('DB')),
    STAGING: await tablesOf(bindings.CONTROL.getByName('STAGING')),
    access: await tablesOf(bindings.ACCESS.getByName('access')),
    managed: [await managedTables(bindings.DB), await managedTables(bindings.STAGING)],
    archive: objects.map(({ key, etag }) => `${key} ${etag}`),
  };
}
