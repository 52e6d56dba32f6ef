/** What visitors do: carts, reviews, events; and the shop's settings. */
import { sql } from 'drizzle-orm';
import { check, index, integer, primaryKey, real, sqliteTable, text, unique } from 'drizzle-orm/sqlite-core';
import { products } from './catalog.ts';
import { customers } from './people.ts';
import { any, untyped } from './types.ts';

/** Keyed by a UUID as text. */
export const carts = sqliteTable('carts', {
  id: text().primaryKey(),
  customerId: integer('customer_id').references(() => customers.id, { onDelete: 'cascade', onUpdate: 'set null' }),
  note: text().default(''),
  createdAt: integer('created_at').notNull(),
  abandonedAt: integer('abandoned_at'),
});

/** WITHOUT ROWID, composite key of text and integer. */
export const cartItems = sqliteTable(
  'cart_items',
  {
    cartId: text('cart_id')
      .notNull()
      .references(() => carts.id, { onDelete: 'cascade' }),
    productId: integer('product_id')
      .notNull()
      .references(() => products.id, { onDelete: 'cascade' }),
    quantity: integer().notNull().default(1),
  },
  (t) => [primaryKey({ columns: [t.cartId, t.productId] }), check('cart_items_quantity', sql`${t.quantity} > 0`)],
);

/** What a customer would like to have one day. */
export const wishes = sqliteTable(
  'wishes',
  {
    customerId: integer('customer_id')
      .notNull()
      .references(() => customers.id, { onDelete: 'cascade', onUpdate: 'cascade' }),
    productId: integer('product_id')
      .notNull()
      .references(() => products.id, { onDelete: 'cascade' }),
    urgency: real().notNull().default(0.5),
    note: text(),
    addedAt: text('added_at').notNull().default(sql`CURRENT_TIMESTAMP`),
  },
  (t) => [primaryKey({ columns: [t.customerId, t.productId] }), index('wishes_by_product').on(t.productId)],
);

/** A review stays when its customer goes. */
export const reviews = sqliteTable(
  'reviews',
  {
    id: integer().primaryKey({ autoIncrement: true }),
    productId: integer('product_id')
      .notNull()
      .references(() => products.id, { onDelete: 'cascade' }),
    customerId: integer('customer_id').references(() => customers.id, { onDelete: 'set null' }),
    rating: integer().notNull(),
    title: text(),
    body: text().notNull(),
    createdAt: text('created_at').notNull(),
  },
  (t) => [
    unique('reviews_one_each').on(t.productId, t.customerId),
    check('reviews_rating', sql`${t.rating} between 1 and 5`),
    index('reviews_bad_ones').on(t.productId).where(sql`rating <= 2`),
  ],
);

/** No declared key: only the rowid tells its rows apart. `payload` has no type and holds values of every storage class. */
export const events = sqliteTable(
  'events',
  {
    kind: text().notNull(),
    customerId: integer('customer_id').references(() => customers.id, { onDelete: 'set null' }),
    occurredAt: integer('occurred_at').notNull(),
    payload: untyped(),
  },
  (t) => [
    index('events_by_time').on(t.occurredAt),
    index('events_of_customer').on(t.customerId).where(sql`customer_id is not null`),
  ],
);

/** STRICT, WITHOUT ROWID; `value` is ANY. */
export const settings = sqliteTable('settings', {
  key: text().primaryKey(),
  value: any(),
  changedAt: text('changed_at').notNull().default(sql`(datetime('now'))`),
});
