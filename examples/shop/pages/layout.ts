/** The frame around every page, and small pieces that several use. Hono's template escapes whatever is put into it. */
import { html } from 'hono/html';

export type Html = ReturnType<typeof html>;

const euro = new Intl.NumberFormat('en', { style: 'currency', currency: 'EUR' });
export const money = (cents: number): string => euro.format(cents / 100);

export const stars = (sum: number, count: number): Html | string => {
  if (count === 0) return '';
  const average = sum / count;
  const full = Math.max(0, Math.min(5, Math.round(average)));
  const text = `${average.toFixed(1)} of 5 from ${count} ${count === 1 ? 'review' : 'reviews'}`;
  return html`<span class="stars" role="img" aria-label="${text}" title="${text}">${'★'.repeat(full)}${'☆'.repeat(5 - full)}</span>`;
};

export interface Layout {
  readonly title: string;
  readonly body: Html;
  /** Pieces in the basket. */
  readonly count: number;
  /** What stands in the search field. */
  readonly search: string;
}

export const layout = ({ title, body, count, search }: Layout): Html => html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · The Lock Keeper’s Stores</title>
<link rel="stylesheet" href="/style.css">
<link rel="icon" href="/icon.svg">
</head>
<body>
<a class="skip" href="#main">Skip to the goods</a>
<header>
<a class="brand" href="/">The Lock Keeper’s Stores</a>
<form class="search" role="search" action="/search">
<input type="search" name="q" value="${search}" maxlength="100" placeholder="Teapots, ropes, raincoats …" aria-label="Search products">
<button>Search</button>
</form>
<a class="basket" href="/basket">Basket${count > 0 ? html` <span class="count">${count}</span>` : ''}</a>
</header>
<main id="main">${body}</main>
<footer>An example shop over a database that Lockkeeper manages. Nothing here is for sale.</footer>
</body>
</html>
`;
