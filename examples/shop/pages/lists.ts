/** Lists of products: the shop window, a category, what a search has found. */
import { html } from 'hono/html';
import type { Category, Product, ProductPage } from '../catalog.ts';
import { type Html, money, stars } from './layout.ts';

const card = (product: Product): Html => html`<li class="card"><a href="/products/${product.id}">
${
  product.picture === null
    ? html`<span class="picture none" aria-hidden="true"></span>`
    : html`<img class="picture" src="/pictures/${product.id}/${product.picture}" alt="" width="120" height="120" loading="lazy">`
}
<span class="title" dir="auto">${product.title}</span></a>
<span class="facts"><span class="price">${money(product.priceCents)}</span>${stars(product.ratingSum, product.ratingCount)}</span></li>`;

const grid = (items: readonly Product[]): Html => html`<ul class="grid">${items.map(card)}</ul>`;

interface Neighbour {
  readonly href: string;
  readonly text: string;
}

function pager(before: Neighbour | null, after: Neighbour | null): Html | string {
  if (before === null && after === null) return '';
  const link = (neighbour: Neighbour | null, rel: string) =>
    neighbour === null ? html`<span></span>` : html`<a rel="${rel}" href="${neighbour.href}">${neighbour.text}</a>`;
  return html`<nav class="pager" aria-label="Pages">${link(before, 'prev')}${link(after, 'next')}</nav>`;
}

const address = (path: string, query: Readonly<Record<string, string | null>>): string => {
  const given = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== null);
  const text = new URLSearchParams(given).toString();
  return text === '' ? path : `${path}?${text}`;
};

export function listPage(categories: readonly Category[], chosen: Category | null, page: ProductPage): Html {
  const slug = chosen?.slug ?? null;
  const here = (text: string | null) => (text === slug ? html` aria-current="page"` : '');
  const chip = ({ slug, name }: Category) => html`<a href="${address('/', { category: slug })}"${here(slug)}>${name}</a>`;
  const to = (name: 'before' | 'after', id: number | null, text: string): Neighbour | null =>
    id === null ? null : { href: address('/', { category: slug, [name]: String(id) }), text };
  return html`<nav class="chips" aria-label="Categories"><a href="/"${here(null)}>All</a>${categories.map(chip)}</nav>
<h1 dir="auto">${chosen?.name ?? 'All products'}</h1>
${page.items.length === 0 ? html`<p class="soft">Nothing on the shelf here.</p>` : grid(page.items)}
${pager(to('before', page.before, '← Before'), to('after', page.after, 'More →'))}`;
}

export function searchPage(text: string, page: number, found: { items: readonly Product[]; more: boolean }): Html {
  const to = (n: number) => address('/search', { q: text, page: n === 0 ? null : String(n) });
  if (found.items.length === 0)
    return html`<h1>Search</h1><p class="soft">${text === '' ? 'What are you looking for?' : html`Nothing found for “<bdi>${text}</bdi>”.`}</p>
${pager(page > 0 ? { href: to(0), text: '← From the start' } : null, null)}`;
  return html`<h1>Found for “<bdi>${text}</bdi>”</h1>${grid(found.items)}
${pager(page > 0 ? { href: to(page - 1), text: '← Before' } : null, found.more ? { href: to(page + 1), text: 'More →' } : null)}`;
}
