/** What was bought, how it was paid and what came back. Totals of orders are kept by triggers in the migrations. */
import { sql } from 'drizzle-orm';
import { blob, check, foreignKey, index, integer, primaryKey, real, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import { coupons, products } from './catalog.ts';
import { addresses, currencies, customers, employees } from './people.ts';
import { int64 } from './types.ts';

export const ORDER_STATUSES = ['placed', 'paid', 'shipped', 'delivered', 'cancelled'] as const;

export const orders = sqliteTable(
  'orders',
  {
    id: integer().primaryKey({ autoIncrement: true }),
    number: text().notNull().unique(),
    customerId: integer('customer_id')
      .notNull()
      .references(() => customers.id, { onDelete: 'restrict', onUpdate: 'restrict' }),
    addressId: integer('address_id').references(() => addresses.id, { onDelete: 'set null', onUpdate: 'set null' }),
    couponCode: text('coupon_code').references(() => coupons.code, { onDelete: 'set null', onUpdate: 'cascade' }),
    currencyCode: text('currency_code')
      .notNull()
      .default('EUR')
      .references(() => currencies.code, { onDelete: 'restrict', onUpdate: 'cascade' }),
    soldBy: integer('sold_by').references(() => employees.id, { onDelete: 'set null' }),
    status: text({ enum: ORDER_STATUSES }).notNull().default('placed'),
    totalCents: integer('total_cents').notNull().default(0),
    placedAt: text('placed_at').notNull().default(sql`CURRENT_TIMESTAMP`),
    shippedAt: text('shipped_at'),
    giftMessage: text('gift_message'),
    priority: integer().notNull().default(0),
  },
  (t) => [
    check('orders_status', sql`${t.status} in ('placed', 'paid', 'shipped', 'delivered', 'cancelled')`),
    index('orders_by_customer').on(t.customerId, t.placedAt),
    index('orders_to_ship').on(t.placedAt).where(sql`status = 'paid' and shipped_at is null`),
    index('orders_by_day').on(sql`date(placed_at)`),
  ],
);

/** WITHOUT ROWID, composite key. */
export const orderItems = sqliteTable(
  'order_items',
  {
    orderId: integer('order_id')
      .notNull()
      .references(() => orders.id, { onDelete: 'cascade', onUpdate: 'cascade' }),
    lineNo: integer('line_no').notNull(),
    productId: integer('product_id')
      .notNull()
      .references(() => products.id, { onDelete: 'no action', onUpdate: 'no action' }),
    quantity: integer().notNull().default(1),
    unitCents: integer('unit_cents').notNull(),
    discount: real().notNull().default(0),
    lineCents: integer('line_cents').generatedAlwaysAs(sql`cast(round(quantity * unit_cents * (1.0 - discount)) as integer)`, {
      mode: 'stored',
    }),
  },
  (t) => [
    primaryKey({ columns: [t.orderId, t.lineNo] }),
    check('order_items_quantity', sql`${t.quantity} > 0`),
    check('order_items_discount', sql`${t.discount} >= 0 and ${t.discount} < 1`),
    index('order_items_by_product').on(t.productId),
  ],
);

/** A name with a blank, and columns that are keywords. */
export const orderNotes = sqliteTable(
  'order notes',
  {
    id: integer().primaryKey(),
    order: integer()
      .notNull()
      .references(() => orders.id, { onDelete: 'cascade' }),
    group: text().notNull().default('internal'),
    writtenAt: text('written at').notNull(),
    text: text().notNull(),
  },
  (t) => [index('order notes by order').on(t.order, t.group)],
);

/** STRICT. Ids are given by the payment provider and lie beyond 2^53. */
export const payments = sqliteTable(
  'payments',
  {
    id: int64().primaryKey(),
    orderId: integer('order_id')
      .notNull()
      .references(() => orders.id, { onDelete: 'restrict', onUpdate: 'no action' }),
    amountNanos: int64('amount_nanos').notNull(),
    ledgerPosition: int64('ledger_position').notNull(),
    feeRate: real('fee_rate').notNull().default(0.029),
    method: text().notNull(),
    signature: blob({ mode: 'buffer' }),
    paidAt: integer('paid_at').notNull(),
  },
  (t) => [
    index('payments_by_order').on(t.orderId),
    uniqueIndex('payments_ledger').on(t.ledgerPosition),
    check('payments_method', sql`${t.method} in ('card', 'invoice', 'transfer', 'wallet')`),
  ],
);

/** Composite foreign key onto a composite key. */
export const returnedItems = sqliteTable(
  'returned_items',
  {
    id: integer().primaryKey(),
    orderId: integer('order_id').notNull(),
    lineNo: integer('line_no').notNull(),
    reason: text(),
    refundCents: integer('refund_cents').notNull().default(0),
    returnedOn: text('returned_on').notNull(),
  },
  (t) => [
    foreignKey({ columns: [t.orderId, t.lineNo], foreignColumns: [orderItems.orderId, orderItems.lineNo] })
      .onDelete('cascade')
      .onUpdate('cascade'),
    uniqueIndex('returned_items_once').on(t.orderId, t.lineNo),
  ],
);
