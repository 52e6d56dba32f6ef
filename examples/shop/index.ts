/** A public shop over the managed sample database, guarded by Lockkeeper. */
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { csrf } from 'hono/csrf';
import { maintenanceGuard } from '../../worker/guard/index.ts';
import { addToBasket, basketOf, countOf, linesOf, remember, setQuantity } from './basket.ts';
import {
  findCategory,
  findPicture,
  findProduct,
  listProducts,
  type Place,
  reviewsOf,
  searchProducts,
  topCategories,
} from './catalog.ts';
import type { Env, ShopContext } from './env.ts';
import { basketPage } from './pages/basket.ts';
import { layout } from './pages/layout.ts';
import { listPage, searchPage } from './pages/lists.ts';
import { messagePage } from './pages/message.ts';
import { productPage } from './pages/product.ts';
import { securityHeaders } from './security.ts';

const MAX_SEARCH_PAGES = 50;
const MAX_SEARCH_LENGTH = 100;

const app = new Hono<ShopContext>();
app.use(securityHeaders);
app.use(
  maintenanceGuard<Env>({
    binding: (env) => env.LOCKKEEPER,
    db: 'DB',
    allow: ['/healthz'],
    onTrouble: (why) => console.warn(JSON.stringify({ level: 'warn', message: 'the control plane did not answer', why })),
  }),
);
app.use(csrf());
app.use(bodyLimit({ maxSize: 16_384 }));

/** A whole number of at most nine digits, or null. */
const whole = (text: unknown): number | null => (typeof text === 'string' && /^\d{1,9}$/.test(text) ? Number(text) : null);

type Body = Parameters<typeof layout>[0]['body'];

async function show(c: Context<ShopContext>, title: string, body: Body, status: 200 | 400 | 404 | 409 = 200) {
  const basket = basketOf(c);
  const count = basket === null ? 0 : await countOf(c.env.DB, basket);
  return c.html(layout({ title, body, count, search: c.req.query('q') ?? '' }), status);
}

const missing = (c: Context<ShopContext>) =>
  show(c, 'Not found', messagePage('Nothing here', 'That page does not exist, or not any more.'), 404);
const refused = (c: Context<ShopContext>, what: string) =>
  show(c, 'That did not work', messagePage('That did not work', what), 400);

app.get('/healthz', (c) => c.json({ status: 'ok' }));

function placeOf(c: Context<ShopContext>): Place {
  const before = whole(c.req.query('before'));
  if (before !== null) return { direction: 'before', id: before };
  return { direction: 'after', id: whole(c.req.query('after')) ?? 0 };
}

app.get('/', async (c) => {
  const slug = c.req.query('category') || null;
  const [categories, category, page] = await Promise.all([
    topCategories(c.env.DB),
    slug === null ? null : findCategory(c.env.DB, slug),
    listProducts(c.env.DB, placeOf(c), slug),
  ]);
  if (slug !== null && category === null) return missing(c);
  return show(c, category?.name ?? 'All products', listPage(categories, category, page));
});

app.get('/search', async (c) => {
  const text = (c.req.query('q') ?? '').slice(0, MAX_SEARCH_LENGTH).trim();
  const page = Math.min(whole(c.req.query('page')) ?? 0, MAX_SEARCH_PAGES);
  const found = await searchProducts(c.env.DB, text, page);
  return show(c, 'Search', searchPage(text, page, { ...found, more: found.more && page < MAX_SEARCH_PAGES }));
});

app.get('/products/:id', async (c) => {
  const id = whole(c.req.param('id'));
  if (id === null) return missing(c);
  const [product, reviews] = await Promise.all([findProduct(c.env.DB, id), reviewsOf(c.env.DB, id)]);
  return product === null ? missing(c) : show(c, product.title, productPage(product, reviews));
});

app.get('/pictures/:id/:position', async (c) => {
  const [id, position] = [whole(c.req.param('id')), whole(c.req.param('position'))];
  const picture = id === null || position === null ? null : await findPicture(c.env.DB, id, position);
  if (picture === null) return missing(c);
  return c.body(picture.content, 200, { 'content-type': picture.contentType, 'cache-control': 'public, max-age=3600' });
});

app.get('/basket', async (c) => {
  const basket = basketOf(c);
  return show(c, 'Basket', basketPage(basket === null ? [] : await linesOf(c.env.DB, basket)));
});

app.post('/basket', async (c) => {
  const form = await c.req.parseBody();
  const [product, quantity] = [whole(form.product), whole(form.quantity ?? '1')];
  if (product === null || quantity === null || quantity === 0) return refused(c, 'Please choose a product and how many.');
  const basket = basketOf(c) ?? crypto.randomUUID();
  const added = await addToBasket(c.env.DB, basket, product, quantity, Date.now());
  switch (added) {
    case 'added':
      remember(c, basket);
      return c.redirect('/basket', 303);
    case 'no such product':
      return missing(c);
    case 'full':
      return show(c, 'Basket full', messagePage('The basket is full', 'Take something out first.'), 409);
  }
});

app.post('/basket/lines', async (c) => {
  const form = await c.req.parseBody();
  const [product, quantity, basket] = [whole(form.product), whole(form.quantity), basketOf(c)];
  if (product === null || quantity === null) return refused(c, 'Please say how many; 0 takes it out.');
  if (basket !== null) await setQuantity(c.env.DB, basket, product, quantity);
  return c.redirect('/basket', 303);
});

app.notFound(missing);

/** Seen for a moment at the very first start: the sample is being made. */
const isEmptyDatabase = (error: Error) => /no such table/.test(error.message);

app.onError((error, c) => {
  if ('getResponse' in error && typeof error.getResponse === 'function') return error.getResponse() as Response;
  const soon = isEmptyDatabase(error);
  console.error(JSON.stringify({ level: 'error', message: error.message, path: c.req.path }));
  const body = soon
    ? messagePage('Opening soon', 'The shelves are still being filled. Please try again in a few seconds.')
    : messagePage('Something broke', 'That is our fault, not yours. Please try again.');
  if (soon) c.header('retry-after', '5');
  return c.html(layout({ title: 'Sorry', body, count: 0, search: '' }), soon ? 503 : 500);
});

export default app;
