/** What the shop reads. Every value is bound; nothing that a visitor sends becomes SQL. */

export interface Product {
  readonly id: number;
  readonly title: string;
  /** With tax, in euro cents. */
  readonly priceCents: number;
  /** Of its first picture; null: it has none. */
  readonly picture: number | null;
  readonly ratingCount: number;
  readonly ratingSum: number;
}

export interface ProductDetails extends Product {
  readonly sku: string;
  readonly description: string;
  readonly category: string;
  readonly categorySlug: string;
  readonly colour: string | null;
  readonly weightKg: number;
  readonly onSale: boolean;
  /** Pieces that can be had, over all warehouses. */
  readonly available: number;
}

export interface Category {
  readonly slug: string;
  readonly name: string;
}

export interface Review {
  readonly rating: number;
  readonly title: string | null;
  readonly body: string;
  readonly createdAt: string;
}

export interface Picture {
  readonly contentType: string;
  readonly content: ArrayBuffer;
}

/** A page of a list by key. The neighbours are null at the ends. */
export interface ProductPage {
  readonly items: readonly Product[];
  readonly before: number | null;
  readonly after: number | null;
}

export const PAGE_SIZE = 24;
const SEARCH_WORDS = 8;

const PRODUCT = `p.id, p.title, p.price_with_tax_cents AS priceCents, p.rating_count AS ratingCount, p.rating_sum AS ratingSum,
  (SELECT min(position) FROM product_media m WHERE m.product_id = p.id AND length(m.content) > 0) AS picture`;

/** A category and all below it; UNION, so that a circle ends. */
const IN_CATEGORY = `p.category_id IN (WITH RECURSIVE below(id) AS (
    SELECT id FROM categories WHERE slug = ?2 UNION SELECT c.id FROM categories c JOIN below ON c.parent_id = below.id)
  SELECT id FROM below)`;

export interface Place {
  readonly direction: 'after' | 'before';
  readonly id: number;
}

/** One page of what is on sale, in the order of ids. */
export async function listProducts(db: D1Database, place: Place, category: string | null): Promise<ProductPage> {
  const forward = place.direction === 'after';
  const { results } = await db
    .prepare(
      `SELECT ${PRODUCT} FROM products p WHERE p.discontinued_at IS NULL AND p.id ${forward ? '>' : '<'} ?1
       AND (?2 IS NULL OR ${IN_CATEGORY}) ORDER BY p.id ${forward ? 'ASC' : 'DESC'} LIMIT ?3`,
    )
    .bind(place.id, category, PAGE_SIZE + 1)
    .all<Product>();
  const more = results.length > PAGE_SIZE;
  const items = forward ? results.slice(0, PAGE_SIZE) : results.slice(0, PAGE_SIZE).reverse();
  const [first, last] = [items[0], items.at(-1)];
  const started = forward ? place.id > 0 : more;
  return {
    items,
    before: first && started ? first.id : null,
    after: last && (forward ? more : true) ? last.id : null,
  };
}

/** Without the first one: that is where products go whose category was deleted, and no place to look. */
export async function topCategories(db: D1Database): Promise<Category[]> {
  const { results } = await db
    .prepare('SELECT slug, name FROM categories WHERE parent_id IS NULL AND id <> 1 ORDER BY position, name LIMIT 30')
    .all<Category>();
  return results;
}

export const findCategory = (db: D1Database, slug: string): Promise<Category | null> =>
  db.prepare('SELECT slug, name FROM categories WHERE slug = ?1').bind(slug).first<Category>();

/** FTS5 gives quotes, stars and words like NEAR a meaning; of a visitor's text only its words are kept, each as the start of one. */
export function searchExpression(text: string): string | null {
  const words = text.normalize('NFC').match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
  return words.length === 0
    ? null
    : words
        .slice(0, SEARCH_WORDS)
        .map((word) => `"${word}"*`)
        .join(' ');
}

/** `page` counts from 0. */
export async function searchProducts(db: D1Database, text: string, page: number): Promise<{ items: Product[]; more: boolean }> {
  const expression = searchExpression(text);
  if (expression === null) return { items: [], more: false };
  const { results } = await db
    .prepare(
      `SELECT ${PRODUCT} FROM products_fts JOIN products p ON p.id = products_fts.rowid
       WHERE products_fts MATCH ?1 AND p.discontinued_at IS NULL ORDER BY products_fts.rank, p.id LIMIT ?2 OFFSET ?3`,
    )
    .bind(expression, PAGE_SIZE + 1, page * PAGE_SIZE)
    .all<Product>();
  return { items: results.slice(0, PAGE_SIZE), more: results.length > PAGE_SIZE };
}

export async function findProduct(db: D1Database, id: number): Promise<ProductDetails | null> {
  const found = await db
    .prepare(
      `SELECT ${PRODUCT}, p.sku, p.description, c.name AS category, c.slug AS categorySlug, p.attributes ->> '$.colour' AS colour,
       p.weight_kg AS weightKg, p.discontinued_at IS NULL AS onSale,
       (SELECT coalesce(sum(available), 0) FROM inventory i WHERE i.product_id = p.id) AS available
       FROM products p JOIN categories c ON c.id = p.category_id WHERE p.id = ?1`,
    )
    .bind(id)
    .first<Omit<ProductDetails, 'onSale'> & { onSale: number }>();
  return found && { ...found, onSale: found.onSale === 1 };
}

export async function reviewsOf(db: D1Database, productId: number): Promise<Review[]> {
  const { results } = await db
    .prepare(
      'SELECT rating, title, body, created_at AS createdAt FROM reviews WHERE product_id = ?1 ORDER BY created_at DESC, id DESC LIMIT 5',
    )
    .bind(productId)
    .all<Review>();
  return results;
}

/** Only what browsers show as a picture: a page among the pictures would run as one of ours. */
const PICTURE_TYPES = ['image/png', 'image/jpeg', 'image/webp', 'image/gif'];

export async function findPicture(db: D1Database, productId: number, position: number): Promise<Picture | null> {
  const found = await db
    .prepare('SELECT content_type AS type, content FROM product_media WHERE product_id = ?1 AND position = ?2')
    .bind(productId, position)
    .first<{ type: string; content: number[] }>();
  if (!found || found.content.length === 0 || !PICTURE_TYPES.includes(found.type)) return null;
  return { contentType: found.type, content: new Uint8Array(found.content).buffer };
}
