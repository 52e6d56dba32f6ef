/** One product, with what others say of it. */
import { html } from 'hono/html';
import { MAX_QUANTITY } from '../basket.ts';
import type { ProductDetails, Review } from '../catalog.ts';
import { type Html, money, stars } from './layout.ts';

function availability({ onSale, available }: ProductDetails): string {
  if (!onSale) return 'No longer sold';
  if (available <= 0) return 'Out of stock; more is on its way';
  return available < 5 ? `Only ${available} left` : 'In stock';
}

const buy = ({ id }: ProductDetails): Html => html`<form class="buy" method="post" action="/basket">
<input type="hidden" name="product" value="${id}">
<label>How many <input type="number" name="quantity" value="1" min="1" max="${MAX_QUANTITY}" required></label>
<button>Into the basket</button></form>`;

const review = ({ rating, title, body, createdAt }: Review): Html => html`<li>${stars(rating, 1)}
${title === null ? '' : html`<strong dir="auto">${title}</strong>`}<p dir="auto">${body}</p>
<time class="soft" datetime="${createdAt.replace(' ', 'T')}">${createdAt.slice(0, 10)}</time></li>`;

export const productPage = (product: ProductDetails, reviews: readonly Review[]): Html => html`<article class="product">
${
  product.picture === null
    ? html`<span class="picture large none" aria-hidden="true"></span>`
    : html`<img class="picture large" src="/pictures/${product.id}/${product.picture}" alt="" width="320" height="320">`
}
<div>
<p class="soft"><a href="/?category=${encodeURIComponent(product.categorySlug)}">${product.category}</a></p>
<h1 dir="auto">${product.title}</h1>
${stars(product.ratingSum, product.ratingCount)}
<p class="price large">${money(product.priceCents)} <span class="soft">with tax</span></p>
<p class="text" dir="auto">${product.description}</p>
<dl><dt>Number</dt><dd>${product.sku}</dd>${product.colour === null ? '' : html`<dt>Colour</dt><dd>${product.colour}</dd>`}
<dt>Weight</dt><dd>${product.weightKg} kg</dd><dt>Stock</dt><dd>${availability(product)}</dd></dl>
${product.onSale ? buy(product) : ''}
</div></article>
${reviews.length === 0 ? '' : html`<section class="reviews"><h2>Reviews</h2><ul>${reviews.map(review)}</ul></section>`}`;
