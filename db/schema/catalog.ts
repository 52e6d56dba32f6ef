/**
 * What is sold and where it lies. Full-text search over products (`products_fts`) is in the migrations: drizzle has no FTS5.
 * Index expressions here hold no comma: drizzle-kit 0.31 splits them there and quotes the halves as column names.
 */
import { sql } from 'drizzle-orm';
import {
  type AnySQLiteColumn,
  blob,
  check,
  foreignKey,
  index,
  integer,
  numeric,
  primaryKey,
  real,
  sqliteTable,
  text,
  uniqueIndex,
} from 'drizzle-orm/sqlite-core';

/** Refers to itself. Category 1 is where products go whose category is deleted. */
export const categories = sqliteTable('categories', {
  id: integer().primaryKey(),
  parentId: integer('parent_id').references((): AnySQLiteColumn => categories.id, { onDelete: 'set null', onUpdate: 'cascade' }),
  slug: text().notNull().unique(),
  name: text().notNull(),
  position: integer().notNull().default(0),
});

export const products = sqliteTable(
  'products',
  {
    id: integer().primaryKey(),
    sku: text().notNull().unique('products_sku'),
    categoryId: integer('category_id')
      .notNull()
      .default(1)
      .references(() => categories.id, { onDelete: 'set default', onUpdate: 'set default' }),
    title: text().notNull(),
    description: text().notNull().default(''),
    priceCents: integer('price_cents').notNull(),
    priceWithTaxCents: integer('price_with_tax_cents').generatedAlwaysAs(sql`price_cents * 119 / 100`, { mode: 'virtual' }),
    titleKey: text('title_key').generatedAlwaysAs(sql`lower(trim(title))`, { mode: 'stored' }),
    weightKg: real('weight_kg').notNull().default(0.0),
    attributes: text({ mode: 'json' }).notNull().default(sql`'{}'`),
    ratingCount: integer('rating_count').notNull().default(0),
    ratingSum: integer('rating_sum').notNull().default(0),
    createdAt: text('created_at').notNull().default(sql`(strftime('%Y-%m-%dT%H:%M:%SZ', 'now'))`),
    updatedAt: text('updated_at'),
    discontinuedAt: text('discontinued_at'),
  },
  (t) => [
    check('products_price_not_negative', sql`${t.priceCents} >= 0`),
    check('products_attributes_are_json', sql`json_valid(${t.attributes})`),
    index('products_on_sale').on(t.categoryId, t.priceCents).where(sql`discontinued_at is null`),
    index('products_by_colour').on(sql`attributes ->> '$.colour'`),
    index('products_by_title_key').on(t.titleKey),
  ],
);

/** Composite key, pictures as bytes. */
export const productMedia = sqliteTable(
  'product_media',
  {
    productId: integer('product_id')
      .notNull()
      .references(() => products.id, { onDelete: 'cascade', onUpdate: 'restrict' }),
    position: integer().notNull(),
    contentType: text('content_type').notNull().default('image/png'),
    content: blob({ mode: 'buffer' }).notNull().default(sql`x''`),
    altText: text('alt_text'),
  },
  (t) => [primaryKey({ columns: [t.productId, t.position] }), check('product_media_position', sql`${t.position} between 1 and 99`)],
);

export const priceHistory = sqliteTable(
  'price_history',
  {
    id: integer().primaryKey({ autoIncrement: true }),
    productId: integer('product_id')
      .notNull()
      .references(() => products.id, { onDelete: 'cascade' }),
    oldCents: integer('old_cents').notNull(),
    newCents: integer('new_cents').notNull(),
    changedAt: text('changed_at').notNull().default(sql`CURRENT_TIMESTAMP`),
  },
  (t) => [index('price_history_by_product').on(t.productId, t.changedAt)],
);

/** A text key without WITHOUT ROWID: the rowid goes its own way. */
export const warehouses = sqliteTable('warehouses', {
  code: text().primaryKey(),
  city: text().notNull(),
  opensAt: text('opens_at').notNull().default(sql`'08:00'`),
});

/** STRICT, WITHOUT ROWID, composite key. */
export const inventory = sqliteTable(
  'inventory',
  {
    warehouseCode: text('warehouse_code')
      .notNull()
      .references(() => warehouses.code, { onDelete: 'restrict', onUpdate: 'cascade' }),
    productId: integer('product_id')
      .notNull()
      .references(() => products.id, { onDelete: 'cascade' }),
    onHand: integer('on_hand').notNull().default(0),
    reserved: integer().notNull().default(0),
    available: integer().generatedAlwaysAs(sql`on_hand - reserved`, { mode: 'virtual' }),
    countedAt: text('counted_at'),
  },
  (t) => [
    primaryKey({ columns: [t.warehouseCode, t.productId] }),
    check('inventory_not_oversold', sql`${t.reserved} between 0 and ${t.onHand}`),
    index('inventory_running_low').on(t.productId).where(sql`on_hand - reserved < 5`),
  ],
);

/** STRICT, AUTOINCREMENT, with a composite foreign key. */
export const stockMovements = sqliteTable(
  'stock_movements',
  {
    id: integer().primaryKey({ autoIncrement: true }),
    warehouseCode: text('warehouse_code').notNull(),
    productId: integer('product_id').notNull(),
    quantity: integer().notNull(),
    reason: text().notNull(),
    movedAt: integer('moved_at').notNull(),
  },
  (t) => [
    foreignKey({ columns: [t.warehouseCode, t.productId], foreignColumns: [inventory.warehouseCode, inventory.productId] })
      .onDelete('no action')
      .onUpdate('cascade'),
    check('stock_movements_move', sql`${t.quantity} <> 0`),
    index('stock_movements_by_place').on(t.warehouseCode, t.productId),
  ],
);

/** The key compares with NOCASE. `percent_off` has NUMERIC affinity: 10 is an integer in it, 12.5 a real. */
export const coupons = sqliteTable(
  'coupons',
  {
    code: text().primaryKey(),
    label: text().notNull(),
    percentOff: numeric('percent_off').notNull(),
    usesLeft: integer('uses_left'),
    startsOn: text('starts_on').notNull(),
    endsOn: text('ends_on'),
  },
  (t) => [
    check('coupons_percent', sql`${t.percentOff} > 0 and ${t.percentOff} <= 100`),
    check('coupons_end_later', sql`${t.endsOn} is null or ${t.endsOn} >= ${t.startsOn}`),
    uniqueIndex('coupons_one_label').on(sql`lower(label)`, t.startsOn),
  ],
);
