/** The migrations on D1 itself, and that the sample has every kind of object it was made for. */
import { env } from 'cloudflare:workers';
import { getTableColumns, getTableName, is } from 'drizzle-orm';
import { getTableConfig, SQLiteTable } from 'drizzle-orm/sqlite-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { CATALOG } from '../generated/catalog.js';
import * as schema from '../schema/index.ts';

const MIGRATIONS = CATALOG.entries[CATALOG.databases.STAGING ?? -1]?.migrations ?? [];
const STAGING = (env as unknown as { STAGING: D1Database }).STAGING;
type Row = Record<string, string | number | null>;
const all = async (sql: string, ...params: string[]): Promise<Row[]> =>
  (
    await STAGING.prepare(sql)
      .bind(...params)
      .all<Row>()
  ).results;

interface ForeignKey {
  readonly table: string;
  readonly id: number;
  readonly to: string;
  readonly onUpdate: string;
  readonly onDelete: string;
  readonly columns: number;
}

let objects: Row[];
let tables: Row[];
let columns: Row[];
let foreignKeys: ForeignKey[];

beforeAll(async () => {
  const statements = MIGRATIONS.flatMap(({ sql }) => sql.split('--> statement-breakpoint')).map((sql) => STAGING.prepare(sql));
  await STAGING.batch(statements);
  objects = await all(`select type, name, tbl_name, sql from sqlite_schema where name not like '\\_cf%' escape '\\'`);
  tables = (await all('pragma table_list')).filter(({ name }) => !/^(_cf|sqlite_)/.test(String(name)));
  const plain = tables.filter(({ type }) => type === 'table').map(({ name }) => String(name));
  columns = (await Promise.all(plain.map((table) => all('select ?1 as "table", * from pragma_table_xinfo(?1)', table)))).flat();
  const keys = await Promise.all(
    plain.map((table) =>
      all(
        `select ?1 as "table", id, "table" as "to", on_update as onUpdate, on_delete as onDelete, count(*) as columns
         from pragma_foreign_key_list(?1) group by id`,
        table,
      ),
    ),
  );
  foreignKeys = keys.flat() as unknown as ForeignKey[];
});

const sqlOf = (name: string) => String(objects.find((object) => object.name === name)?.sql ?? '');
const ofType = (type: string) => objects.filter((object) => object.type === type).map(({ name }) => String(name));

describe('what the sample has', () => {
  test('at least twelve tables', () => expect(tables.filter(({ type }) => type === 'table').length).toBeGreaterThanOrEqual(12));

  test.each(['CASCADE', 'SET NULL', 'SET DEFAULT', 'RESTRICT', 'NO ACTION'])('ON DELETE and ON UPDATE %s', (action) => {
    expect(foreignKeys.filter(({ onDelete }) => onDelete === action)).not.toEqual([]);
    expect(foreignKeys.filter(({ onUpdate }) => onUpdate === action)).not.toEqual([]);
  });

  test('a self-reference, a cycle, and composite foreign keys', () => {
    const refers = (from: string, to: string) => foreignKeys.some(({ table, to: target }) => table === from && target === to);
    expect(refers('categories', 'categories')).toBe(true);
    expect([refers('departments', 'employees'), refers('employees', 'departments')]).toEqual([true, true]);
    expect(
      foreignKeys
        .filter(({ columns: n }) => n === 2)
        .map(({ table }) => table)
        .sort(),
    ).toEqual(['returned_items', 'stock_movements']);
    expect(sqlOf('employees')).toContain('DEFERRABLE INITIALLY DEFERRED');
  });

  test('composite keys, WITHOUT ROWID, STRICT, and both at once', () => {
    const keyed = (table: string) => columns.filter((column) => column.table === table && Number(column.pk) > 0).length;
    expect([keyed('order_items'), keyed('product_media'), keyed('inventory')]).toEqual([2, 2, 2]);
    const having = (wr: number, strict: number) =>
      tables.filter((table) => table.wr === wr && table.strict === strict && table.type === 'table').map(({ name }) => name);
    expect(having(1, 0).sort()).toEqual(['cart_items', 'currencies', 'order_items', 'sessions']);
    expect(having(0, 1).sort()).toEqual(['payments', 'stock_movements']);
    expect(having(1, 1).sort()).toEqual(['inventory', 'settings']);
  });

  test('AUTOINCREMENT, a rowid table without a key, a key of text and a key of bytes', async () => {
    expect(ofType('table').filter((table) => /AUTOINCREMENT/.test(sqlOf(table)))).toContain('orders');
    expect(await all(`select name from sqlite_schema where name = 'sqlite_sequence'`)).toHaveLength(1);
    expect(columns.filter(({ table, pk }) => table === 'events' && Number(pk) > 0)).toEqual([]);
    const keyType = (table: string) => columns.find((column) => column.table === table && column.pk === 1)?.type;
    expect([keyType('carts'), keyType('sessions')]).toEqual(['TEXT', 'BLOB']);
  });

  test('generated columns, virtual (2) and stored (3)', () => {
    const generated = (hidden: number) => columns.filter((column) => column.hidden === hidden).map(({ name }) => name);
    expect(generated(2)).toEqual(expect.arrayContaining(['full_name', 'price_with_tax_cents', 'available']));
    expect(generated(3).sort()).toEqual(['line_cents', 'title_key']);
  });

  test('columns of every affinity, one without a type, and ANY', () => {
    const types = new Set(columns.map(({ type }) => String(type).toUpperCase()));
    for (const type of ['INTEGER', 'TEXT', 'REAL', 'BLOB', 'NUMERIC', '', 'ANY']) expect(types).toContain(type);
  });

  test('defaults of several spellings', () => {
    const defaults = new Set(columns.map(({ dflt_value }) => dflt_value));
    const spellings = [
      null,
      '0',
      '-1',
      '0.029',
      "'EUR'",
      "'the day''s crew'",
      "''",
      "x''",
      'NULL',
      'TRUE',
      'false',
      'CURRENT_TIMESTAMP',
    ];
    for (const spelling of [...spellings, 'CURRENT_DATE', 'unixepoch()', `strftime('%Y-%m-%dT%H:%M:%SZ', 'now')`]) {
      expect(defaults).toContain(spelling);
    }
  });

  test('UNIQUE by constraint and by index, partial and expression indexes, NOCASE', async () => {
    const lists = await Promise.all(ofType('table').map((table) => all('select * from pragma_index_list(?)', table)));
    const indexes = lists.flat();
    expect(indexes.some(({ origin }) => origin === 'u')).toBe(true);
    expect(indexes.some(({ origin, unique }) => origin === 'c' && unique === 1)).toBe(true);
    expect(indexes.filter(({ partial }) => partial === 1).length).toBeGreaterThanOrEqual(5);
    const infos = await Promise.all(
      indexes.map(({ name }) => all('select ?1 as "index", * from pragma_index_xinfo(?1)', String(name))),
    );
    const expressions = infos
      .flat()
      .filter(({ cid }) => cid === -2)
      .map(({ index }) => index);
    expect(expressions).toEqual(expect.arrayContaining(['products_by_colour', 'orders_by_day', 'coupons_one_label']));
    const noCase = infos.flat().filter(({ coll, key }) => coll === 'NOCASE' && key === 1);
    expect(noCase.map(({ name }) => name).sort()).toEqual(['code', 'email', 'name']);
  });

  test('views, triggers of each timing, FTS5 with outside and with own content', () => {
    expect(ofType('view').sort()).toEqual(['category_paths', 'open_orders']);
    const triggers = ofType('trigger').map(sqlOf);
    for (const timing of ['AFTER INSERT', 'AFTER UPDATE', 'AFTER DELETE', 'BEFORE UPDATE', 'INSTEAD OF UPDATE']) {
      expect(triggers.some((sql) => sql.includes(timing))).toBe(true);
    }
    expect(
      tables
        .filter(({ type }) => type === 'virtual')
        .map(({ name }) => name)
        .sort(),
    ).toEqual(['help_pages', 'products_fts']);
    expect(tables.some(({ name, type }) => name === 'help_pages_content' && type === 'shadow')).toBe(true);
    expect(tables.some(({ name }) => name === 'products_fts_content')).toBe(false);
  });

  test('names that need quoting', () => {
    expect(ofType('table')).toContain('order notes');
    const names = columns.filter(({ table }) => table === 'order notes').map(({ name }) => name);
    expect(names).toEqual(['id', 'order', 'group', 'written at', 'text']);
  });
});

describe('what the objects do', () => {
  const fails = (sql: string, why: RegExp) => expect(STAGING.batch([STAGING.prepare(sql)])).rejects.toThrow(why);

  beforeAll(async () => {
    const rows = [
      `insert into currencies values ('EUR', 'Euro', '€', 2), ('CHF', 'Franken', 'Fr.', 2)`,
      `insert into categories (id, slug, name) values (1, 'all', 'All'), (2, 'tea', 'Tea')`,
      `insert into customers (id, email, given_name, family_name, currency_code) values (1, 'a@example.com', 'Ada', 'Alm', 'CHF')`,
      `insert into products (id, sku, category_id, title, description, price_cents) values (1, 'T1', 2, 'Café cup', 'small', 100)`,
      `insert into orders (id, number, customer_id) values (1, 'n1', 1), (2, 'n2', 1)`,
      `insert into order_items (order_id, line_no, product_id, quantity, unit_cents) values (1, 1, 1, 3, 100), (1, 2, 1, 1, 50)`,
      `insert into "order notes" ("order", "written at", "text") values (1, '2026-01-01', 'x')`,
    ];
    await STAGING.batch(rows.map((sql) => STAGING.prepare(sql)));
  });

  test('totals follow the items, through insert, update and delete', async () => {
    const total = async () => (await all('select total_cents from orders where id = 1'))[0]?.total_cents;
    expect(await total()).toBe(350);
    await STAGING.batch([
      STAGING.prepare('update order_items set quantity = 4 where order_id = 1 and line_no = 1'),
      STAGING.prepare('delete from order_items where order_id = 1 and line_no = 2'),
    ]);
    expect(await total()).toBe(400);
  });

  test('search follows the products, and prices leave a history', async () => {
    const found = (word: string) => all('select rowid from products_fts where products_fts match ?', word);
    expect(await found('cafe')).toHaveLength(1);
    await STAGING.prepare(`update products set title = 'Beaker', price_cents = 120 where id = 1`).run();
    expect([await found('cafe'), await found('beaker')]).toEqual([[], [{ rowid: 1 }]]);
    expect(await all('select old_cents, new_cents from price_history')).toEqual([{ old_cents: 100, new_cents: 120 }]);
    expect((await all('select updated_at is not null as touched from products'))[0]?.touched).toBe(1);
  });

  test('deleting goes by the actions: SET DEFAULT for categories and currencies', async () => {
    await STAGING.batch([
      STAGING.prepare('delete from categories where id = 2'),
      STAGING.prepare(`delete from currencies where code = 'CHF'`),
    ]);
    expect(await all('select category_id from products')).toEqual([{ category_id: 1 }]);
    expect(await all('select currency_code from customers')).toEqual([{ currency_code: 'EUR' }]);
  });

  test('constraints refuse', async () => {
    await fails(
      `insert into customers (email, given_name, family_name) values ('A@EXAMPLE.COM', 'B', 'B')`,
      /UNIQUE constraint failed: customers\.email/,
    );
    await fails(
      `insert into reviews (product_id, rating, body, created_at) values (1, 6, '', '')`,
      /CHECK constraint failed: reviews_rating/,
    );
    await fails(
      `insert into products (sku, title, price_cents, attributes) values ('x', 'x', 1, '{')`,
      /CHECK constraint failed: products_attributes_are_json/,
    );
    await fails(
      `insert into stock_movements (warehouse_code, product_id, quantity, reason, moved_at) values ('no', 1, 1, '', 0)`,
      /FOREIGN KEY constraint failed/,
    );
    await fails(
      `insert into payments (order_id, amount_nanos, ledger_position, method, paid_at) values (1, 'much', 1, 'card', 1)`,
      /cannot store TEXT value in INTEGER column/,
    );
    await fails('delete from customers', /FOREIGN KEY constraint failed/);
  });

  test('an INSTEAD OF trigger writes through the view, and a cancelled order stays cancelled', async () => {
    await STAGING.prepare(`update open_orders set status = 'cancelled' where id = 2`).run();
    expect(await all('select status from orders where id = 2')).toEqual([{ status: 'cancelled' }]);
    await fails(`update orders set status = 'placed' where id = 2`, /stays cancelled/);
  });
});

describe('the Drizzle schema', () => {
  const drizzleTables = (Object.values(schema) as unknown[]).filter((entry): entry is SQLiteTable => is(entry, SQLiteTable));

  test('names each ordinary table of the database, and no other', () => {
    const live = tables.filter(({ type }) => type === 'table').map(({ name }) => String(name));
    expect(drizzleTables.map(getTableName).sort()).toEqual(live.sort());
  });

  test.each(drizzleTables.map((table) => [getTableName(table), table] as const))(
    '%s: columns, keys and foreign keys are as in the database',
    (name, table) => {
      const config = getTableConfig(table);
      const composite = new Set(config.primaryKeys.flatMap((key) => key.columns.map((column) => column.name)));
      const declared = Object.values(getTableColumns(table)).map((column) => ({
        name: column.name,
        type: column.getSQLType().toUpperCase(),
        notNull: column.notNull || column.primary,
        inKey: column.primary || composite.has(column.name),
      }));
      const live = columns
        .filter((column) => column.table === name)
        .map((column) => ({
          name: column.name,
          type: String(column.type).toUpperCase(),
          notNull: column.notnull === 1,
          inKey: Number(column.pk) > 0,
        }));
      const byName = (a: { name: unknown }, b: { name: unknown }) => String(a.name).localeCompare(String(b.name));
      expect(declared.sort(byName)).toEqual(live.sort(byName));
      const actions = config.foreignKeys.map(
        (key) => `${getTableName(key.reference().foreignTable)} ${key.onDelete} ${key.onUpdate}`,
      );
      const liveActions = foreignKeys
        .filter((key) => key.table === name)
        .map((key) => `${key.to} ${key.onDelete.toLowerCase()} ${key.onUpdate.toLowerCase()}`);
      expect(actions.map((text) => text.replaceAll('undefined', 'no action')).sort()).toEqual(liveActions.sort());
    },
  );
});
