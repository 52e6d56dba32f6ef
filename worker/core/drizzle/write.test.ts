import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { SchemaDef } from '../../protocol/schema.ts';
import { type ReadOptions, readDrizzle } from './read.ts';
import { schemas } from './testing/random.ts';
import { chinookDatabase, differences, evaluated, liveSchema, sampleDatabase } from './testing/sources.ts';
import { writeDrizzle } from './write.ts';

const PATH = 'schema.ts';
const read = (text: string, options: ReadOptions = {}) => readDrizzle([{ path: PATH, text }], options);

/** Written, then read in both ways: both say the same, and that is what the database has. */
async function roundTrip(live: SchemaDef): Promise<string> {
  const text = writeDrizzle(live);
  const { model, schema, problems } = read(text);
  expect(problems, text).toEqual([]);
  expect(differences(schema, live), text).toEqual([]);
  const run = await evaluated([{ path: PATH, text }]);
  expect(run.model, text).toEqual(model);
  return text;
}

describe('S3: a live schema written as Drizzle code says what the database has', () => {
  test('the sample', async () => {
    const text = await roundTrip(liveSchema(sampleDatabase()));
    expect(text).toContain('id: integer().primaryKey({ autoIncrement: true }),\n    email: text().notNull().unique(),');
    expect(text).toContain(
      "parentId: integer('parent_id').references((): AnySQLiteColumn => categories.id, { onDelete: 'set null', onUpdate: 'cascade' })",
    );
    expect(text).toContain('/** STRICT, WITHOUT ROWID. */\nexport const inventory');
    expect(text).toContain(' * - trigger `open_orders_status` on `open_orders`');
    expect(text).toContain('}).as(sql`\n  select o.id, o.number, c.full_name as customer');
  });

  const chinook = chinookDatabase();
  test.skipIf(chinook === null)('Chinook (skipped where shared/data/chinook.sqlite is absent)', async () => {
    const text = await roundTrip(liveSchema(chinook as NonNullable<typeof chinook>));
    expect(text).toContain("title: nvarchar('Title', { length: 160 }).notNull(),");
    expect(text.indexOf('export const artist ')).toBeLessThan(text.indexOf('export const album '));
  });

  test('random schemas with names that nobody should give', async () => {
    await fc.assert(
      fc.asyncProperty(schemas, async ({ schema }) => {
        await roundTrip(schema);
      }),
      { numRuns: 150 },
    );
  });
});

test('a second writing of what was read is the same text', () => {
  const live = liveSchema(sampleDatabase());
  const once = writeDrizzle(live);
  const triggerless = { ...read(once).schema };
  expect(writeDrizzle(read(writeDrizzle(triggerless)).schema)).toBe(writeDrizzle(triggerless));
});

test('only what is used is imported', () => {
  const database = sampleDatabase();
  const live = liveSchema(database);
  const warehouses = live.tables.filter(({ name }) => name === 'warehouses');
  const text = writeDrizzle({ tables: warehouses, indexes: [], views: [], triggers: [], virtualTables: [] });
  expect(text).toBe(
    `import { sqliteTable, text } from 'drizzle-orm/sqlite-core';

export const warehouses = sqliteTable('warehouses', {
  code: text().primaryKey(),
  city: text().notNull(),
  opensAt: text('opens_at').notNull().default('08:00'),
});
`,
  );
});
