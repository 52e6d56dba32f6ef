/** Views that drizzle knows. What triggers hang on them is in the migrations. */
import { sql } from 'drizzle-orm';
import { integer, sqliteView, text } from 'drizzle-orm/sqlite-core';

export const openOrders = sqliteView('open_orders', {
  id: integer().notNull(),
  number: text().notNull(),
  customer: text(),
  status: text().notNull(),
  totalCents: integer('total_cents').notNull(),
  items: integer().notNull(),
}).as(sql`
  select o.id, o.number, c.full_name as customer, o.status, o.total_cents,
    (select count(*) from order_items i where i.order_id = o.id) as items
  from orders o join customers c on c.id = o.customer_id
  where o.status in ('placed', 'paid')`);

export const categoryPaths = sqliteView('category_paths', {
  id: integer().notNull(),
  path: text().notNull(),
  depth: integer().notNull(),
}).as(sql`
  with recursive walk(id, path, depth) as (
    select id, name, 1 from categories where parent_id is null
    union all
    select c.id, walk.path || ' › ' || c.name, walk.depth + 1 from categories c join walk on c.parent_id = walk.id
  )
  select id, path, depth from walk`);
