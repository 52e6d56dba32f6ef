/** A real local D1 whose binding is used from Node, beside stock SQLite: the two cannot meet inside the runtime. */
import { convertV4MiniflareOptions, Miniflare } from 'miniflare';
import { d1Database } from '../../../database/d1.ts';
import type { Bindable, Database, Statement } from '../../../database/database.ts';

export interface LocalD1 {
  readonly binding: D1Database;
  readonly database: Database;
  /** Drops everything. */
  empty(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * A Worker that does with its D1 what it is asked for, in one call. The runtime's own proxy for Node takes three for each query, and four
 * times as long.
 */
const DOOR = `export default {
  async fetch(request, { DB }) {
    const { how, statements } = await request.json();
    const bytes = (param) => (Array.isArray(param) ? new Uint8Array(param) : param);
    try {
      const prepared = statements.map(({ sql, params }) => DB.prepare(sql).bind(...params.map(bytes)));
      return Response.json({ result: how === 'batch' ? await DB.batch(prepared) : await prepared[0][how]() });
    } catch (error) {
      return Response.json({ failure: error.message });
    }
  },
};`;

export async function startLocalD1(): Promise<LocalD1> {
  const options = { modules: true, script: DOOR, compatibilityDate: '2026-11-23', d1Databases: { DB: 'exam' } };
  const runtime = new Miniflare(convertV4MiniflareOptions(options));
  const door = String(await runtime.ready);
  const binding = bindingBehind(async (body) => (await runtime.dispatchFetch(door, { method: 'POST', body })).json());
  const database = d1Database(binding);
  return { binding, database, empty: () => emptyDatabase(database), stop: () => runtime.dispose() };
}

type Answer = { readonly result: unknown } | { readonly failure: string };

/** What the tests use of a binding. */
function bindingBehind(call: (body: string) => Promise<unknown>): D1Database {
  const ask = async (how: 'raw' | 'all' | 'batch', statements: readonly Required<Statement>[]) => {
    const encoded = statements.map(({ sql, params }) => ({ sql, params: params.map(encodable) }));
    const answer = (await call(JSON.stringify({ how, statements: encoded }))) as Answer;
    if ('failure' in answer) throw new Error(answer.failure);
    return answer.result;
  };
  const prepare = (sql: string, params: readonly Bindable[] = []) => ({
    sql,
    params,
    bind: (...bound: Bindable[]) => prepare(sql, bound),
    raw: () => ask('raw', [{ sql, params }]),
    all: () => ask('all', [{ sql, params }]),
  });
  const batch = (statements: readonly Required<Statement>[]) => ask('batch', statements);
  return { prepare, batch } as unknown as D1Database;
}

const encodable = (param: Bindable) => (param instanceof Uint8Array ? [...param] : param);

async function emptyDatabase(database: Database): Promise<void> {
  const { rows } = await database.query(
    `SELECT s.type, s.name FROM sqlite_schema s LEFT JOIN pragma_table_list l ON l.name = s.name AND l.schema = 'main'
     WHERE s.type IN ('table', 'view', 'trigger') AND substr(lower(s.name), 1, 4) <> '_cf_' AND s.name NOT LIKE 'sqlite%' AND coalesce(l.type, '') <> 'shadow'
     ORDER BY s.type = 'table', l.type = 'table', s.rowid`,
  );
  const drops: Statement[] = rows.map(([type, name]) => ({
    sql: `DROP ${type} IF EXISTS "${String(name).replaceAll('"', '""')}"`,
  }));
  const counted = await database.query(`SELECT 1 FROM sqlite_schema WHERE name = 'sqlite_sequence'`);
  if (counted.rows.length > 0) drops.push({ sql: 'DELETE FROM sqlite_sequence' });
  if (drops.length > 0) await database.batch([{ sql: 'PRAGMA defer_foreign_keys = TRUE' }, ...drops]);
}
