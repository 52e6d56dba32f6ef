/** The basket: rows in `carts` and `cart_items`, found again by a cookie that nobody can guess. The only writes of the shop. */
import type { Context } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import type { Product } from './catalog.ts';
import type { ShopContext } from './env.ts';

export interface Line extends Pick<Product, 'id' | 'title' | 'priceCents'> {
  readonly quantity: number;
  readonly onSale: boolean;
}

const COOKIE = 'basket';
const KEPT_SECONDS = 30 * 86_400;
export const MAX_QUANTITY = 99;
const MAX_LINES = 50;
const UUID = /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/;

/** Null: this visitor has none. */
export function basketOf(c: Context<ShopContext>): string | null {
  const id = getCookie(c, COOKIE);
  return id !== undefined && UUID.test(id) ? id : null;
}

/** To be called when it is stored: a visitor must not carry the number of a basket that does not exist. */
export function remember(c: Context<ShopContext>, id: string): void {
  const secure = new URL(c.req.url).protocol === 'https:';
  setCookie(c, COOKIE, id, { path: '/', httpOnly: true, sameSite: 'Lax', secure, maxAge: KEPT_SECONDS });
}

export type Added = 'added' | 'no such product' | 'full';

/** Makes the basket where needed, in the same transaction. */
export async function addToBasket(db: D1Database, id: string, productId: number, quantity: number, now: number): Promise<Added> {
  const [, items, product] = await db.batch<{ id: number }>([
    db.prepare('INSERT INTO carts (id, created_at) VALUES (?1, ?2) ON CONFLICT (id) DO NOTHING').bind(id, now),
    db
      .prepare(
        `INSERT INTO cart_items (cart_id, product_id, quantity)
         SELECT ?1, p.id, min(?3, ${MAX_QUANTITY}) FROM products p WHERE p.id = ?2 AND p.discontinued_at IS NULL
         AND (SELECT count(*) FROM cart_items i WHERE i.cart_id = ?1 AND i.product_id <> ?2) < ${MAX_LINES}
         ON CONFLICT (cart_id, product_id) DO UPDATE SET quantity = min(quantity + excluded.quantity, ${MAX_QUANTITY})`,
      )
      .bind(id, productId, quantity),
    db.prepare('SELECT id FROM products WHERE id = ?1 AND discontinued_at IS NULL').bind(productId),
  ]);
  if (items?.meta.changes) return 'added';
  return product?.results.length ? 'full' : 'no such product';
}

/** `quantity` 0 takes it out. */
export async function setQuantity(db: D1Database, id: string, productId: number, quantity: number): Promise<void> {
  const statement =
    quantity === 0
      ? db.prepare('DELETE FROM cart_items WHERE cart_id = ?1 AND product_id = ?2').bind(id, productId)
      : db
          .prepare('UPDATE cart_items SET quantity = min(?3, ?4) WHERE cart_id = ?1 AND product_id = ?2')
          .bind(id, productId, quantity, MAX_QUANTITY);
  await statement.run();
}

export async function linesOf(db: D1Database, id: string): Promise<Line[]> {
  const { results } = await db
    .prepare(
      `SELECT p.id, p.title, p.price_with_tax_cents AS priceCents, i.quantity, p.discontinued_at IS NULL AS onSale
       FROM cart_items i JOIN products p ON p.id = i.product_id WHERE i.cart_id = ?1 ORDER BY p.title, p.id`,
    )
    .bind(id)
    .all<Omit<Line, 'onSale'> & { onSale: number }>();
  return results.map((line) => ({ ...line, onSale: line.onSale === 1 }));
}

export async function countOf(db: D1Database, id: string): Promise<number> {
  const sum = await db
    .prepare('SELECT coalesce(sum(quantity), 0) AS n FROM cart_items WHERE cart_id = ?1')
    .bind(id)
    .first<number>('n');
  return sum ?? 0;
}
