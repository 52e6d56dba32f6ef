import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Sample, SLICE_ROWS, type Slice, sampleShop } from './index.ts';
import { countsOf, TABLES } from './shop.ts';

const MIGRATIONS = `${import.meta.dirname}/../migrations/`;
const SCHEMA = readdirSync(MIGRATIONS)
  .filter((name) => name.endsWith('.sql'))
  .sort()
  .flatMap((name) => readFileSync(MIGRATIONS + name, 'utf8').split('--> statement-breakpoint'));

const apply = (database: DatabaseSync, { statements }: Slice) => {
  database.exec('begin');
  for (const { sql, params } of statements) database.prepare(sql).run(...(params ?? []));
  database.exec('commit');
};

const emptyShop = () => {
  const database = new DatabaseSync(':memory:');
  for (const statement of SCHEMA) database.exec(statement);
  return database;
};

const filled = (sample: Sample) => {
  const database = emptyShop();
  for (const slice of sample.slices()) apply(database, slice);
  return database;
};

const hashOf = (slices: Iterable<Slice>) => {
  const hash = createHash('sha256');
  for (const { statements } of slices) hash.update(JSON.stringify(statements));
  return hash.digest('hex');
};

const one = (database: DatabaseSync, sql: string) => {
  const statement = database.prepare(sql);
  statement.setReadBigInts(true);
  return Object.values(statement.get() ?? {})[0];
};

describe('the same seed and count give the same bytes', () => {
  test('of every slice, forwards and backwards', () => {
    const sample = sampleShop({ rows: 20_000, seed: 42 });
    const forwards = [...sample.slices()];
    const again = forwards.toReversed().map(({ from }) => sampleShop({ rows: 20_000, seed: 42 }).slice(from));
    expect(again.toReversed()).toEqual(forwards);
  });

  test('as when this was written: a change here changes what others compare with', () => {
    expect(hashOf(sampleShop({ rows: 3000, seed: 1 }).slices())).toMatchInlineSnapshot(
      `"2b6f5dede66d43bc3e443673d47ff2b03ecce78ab4aac6f1fa0f811a5c63fa81"`,
    );
  });

  test('and another seed gives others', () => {
    const [a, b] = [1, 2].map((seed) => hashOf(sampleShop({ rows: 1000, seed }).slices()));
    expect(a).not.toBe(b);
  });
});

describe('how many rows', () => {
  test.each([100, 101, 137, 999, 1000, 12_345, 50_000, 1_000_000, 5_000_000])(
    '%s wanted are as many in all, and some in every table',
    (rows) => {
      const counts = countsOf(rows);
      expect(Object.values(counts).reduce((sum, count) => sum + count, 0)).toBe(rows);
      for (const table of TABLES) expect(counts[table]).toBeGreaterThanOrEqual(rows < 300 && table === 'returned_items' ? 0 : 1);
    },
  );

  test.each([0, 99, 1.5, Number.NaN])('%s is refused', (rows) => expect(() => sampleShop({ rows, seed: 1 })).toThrow(RangeError));
});

describe('slices', () => {
  test('follow each other without a gap to the last row, and can begin anywhere', () => {
    const sample = sampleShop({ rows: 23_456, seed: 3 });
    let at = 7000;
    for (const { from, to } of sample.slices(7000)) {
      expect(from).toBe(at);
      at = to;
    }
    expect(at).toBe(23_456);
  });

  test('stay bounded however large the sample: the parameters below 1 MB, the whole below 4 MB', () => {
    const sample = sampleShop({ rows: 5_000_000, seed: 4 });
    for (let from = 0; from < 5_000_000; from += 260_417) {
      const { to, statements } = sample.slice(from);
      expect(to - from).toBeLessThanOrEqual(SLICE_ROWS);
      const sizes = statements.map(({ sql, params }) => Buffer.byteLength(sql) + Buffer.byteLength(params?.[0] ?? ''));
      expect(Math.max(...sizes)).toBeLessThan(1_000_000);
      expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(4_000_000);
    }
  });

  test('hold departments and employees, which refer to each other, in the first one, whatever the size', () => {
    for (const rows of [100, 1000, 50_000, 2_000_000, 5_000_000]) {
      const counts = countsOf(rows);
      const staffEnd = TABLES.slice(0, TABLES.indexOf('customers')).reduce((sum, table) => sum + counts[table], 0);
      expect(staffEnd).toBeLessThanOrEqual(SLICE_ROWS);
    }
  });
});

describe('the filled shop', () => {
  const sample = sampleShop({ rows: 20_000, seed: 1 });
  let shop: DatabaseSync;
  beforeAll(() => {
    shop = filled(sample);
  });

  test('holds the rows that were promised', () => {
    for (const table of TABLES)
      expect([table, one(shop, `select count(*) from "${table}"`)]).toEqual([table, BigInt(sample.counts[table])]);
  });

  test('is sound: integrity, foreign keys, full-text index', () => {
    expect(shop.prepare('pragma integrity_check').all()).toEqual([{ integrity_check: 'ok' }]);
    expect(shop.prepare('pragma foreign_key_check').all()).toEqual([]);
    shop.exec(`insert into products_fts (products_fts, rank) values ('integrity-check', 1)`);
  });

  test('is searchable, also without accents and in other scripts', () => {
    const found = (table: string, words: string) =>
      Number(one(shop, `select count(*) from ${table} where ${table} match '${words}'`));
    const titled = (part: string) => Number(one(shop, `select count(*) from products where title || description like '%${part}%'`));
    expect(found('products_fts', 'giesskanne OR gießkanne')).toBeGreaterThan(0);
    expect(found('products_fts', 'kettle')).toBe(titled('kettle'));
    expect(found('products_fts', 'naive')).toBe(titled('Naïve'));
    expect(shop.prepare(`select slug from help_pages where help_pages match 'oiling' order by 1`).all()).toEqual([
      { slug: 'cast-iron' },
      { slug: 'wood' },
    ]);
  });

  test('its triggers have run: totals are the sum of the lines, payments add up to totals, ratings to reviews', () => {
    expect(
      one(
        shop,
        `select count(*) from orders o where total_cents <> (select sum(line_cents) from order_items where order_id = o.id)`,
      ),
    ).toBe(0n);
    const unpaid = `select count(*) from orders o join (select order_id, sum(amount_nanos) as paid from payments group by 1) p on p.order_id = o.id
      where p.paid <> o.total_cents * 10000000`;
    expect(one(shop, unpaid)).toBe(0n);
    expect(one(shop, 'select sum(rating_sum) - (select sum(rating) from reviews) from products')).toBe(0n);
    expect(Number(one(shop, 'select sum(rating_count) from products'))).toBe(sample.counts.reviews);
  });

  test('has departments and employees that refer to each other', () => {
    expect(
      Number(one(shop, 'select count(*) from departments d join employees e on e.id = d.manager_id and e.department_id = d.id')),
    ).toBeGreaterThan(1);
  });

  test('B1: has the values that are easy to damage', () => {
    const present: Record<string, string> = {
      'int64 edges':
        'select 1 from events where payload in (9223372036854775807) and exists (select 1 from payments where ledger_position = -9223372036854775808)',
      'amounts beyond 2^53': 'select 1 from payments where amount_nanos > 9007199254740992 and amount_nanos % 2 = 0',
      'a real that is whole': `select 1 from events where typeof(payload) = 'real' and payload = 1`,
      '0.1 + 0.2': `select 1 from events where payload = 0.1 + 0.2`,
      infinities: `select 1 from events where payload = -9e999 and exists (select 1 from settings where value = 9e999)`,
      'NUL in text': `select 1 from events where typeof(payload) = 'text' and instr(cast(payload as blob), x'00')`,
      CRLF: `select 1 from products where description like '%' || char(13, 10) || '%'`,
      'quotes of both kinds': `select 1 from customers where remarks like '%''%' or remarks like '%"%'`,
      emoji: `select 1 from customers where remarks like '%👩‍👩‍👧‍👦%'`,
      'right to left': `select 1 from customers where family_name = 'حداد'`,
      'an empty blob': `select 1 from product_media where content = x''`,
      pictures: `select 1 from product_media where substr(content, 1, 8) = x'89504e470d0a1a0a'`,
      'integers and reals in one column': `select 1 from coupons where typeof(percent_off) = 'integer' and exists (select 1 from coupons where typeof(percent_off) = 'real')`,
      'a missing name': `select 1 from reviews where customer_id is null`,
    };
    for (const [what, sql] of Object.entries(present)) expect([what, one(shop, `${sql} limit 1`)]).toEqual([what, 1n]);
    const classes = shop.prepare('select distinct typeof(payload) as type from events order by 1').all();
    expect(classes.map(({ type }) => type)).toEqual(['blob', 'integer', 'null', 'real', 'text']);
  });

  test('leaves no column without a value in it, but those that only later changes fill', () => {
    const empty: string[] = [];
    for (const table of TABLES) {
      for (const { name } of shop.prepare(`select name from pragma_table_xinfo('${table}') where hidden <> 1`).all()) {
        if (one(shop, `select count("${name}") from "${table}"`) === 0n) empty.push(`${table}.${name}`);
      }
    }
    expect(empty).toEqual(['customers.updated_at', 'products.updated_at']);
  });
});

test('small shops are sound too', () => {
  for (const rows of [100, 128, 500]) {
    const shop = filled(sampleShop({ rows, seed: rows }));
    expect(shop.prepare('pragma foreign_key_check').all()).toEqual([]);
    expect(shop.prepare('pragma integrity_check').all()).toEqual([{ integrity_check: 'ok' }]);
  }
});

test('many seeds give a shop that D1 would take', () => {
  for (const seed of [0, -1, 7, 2 ** 40, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER]) {
    const shop = filled(sampleShop({ rows: 2000, seed }));
    expect(shop.prepare('pragma foreign_key_check').all()).toEqual([]);
  }
});
