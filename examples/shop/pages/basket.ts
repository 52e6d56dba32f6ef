/** The basket, with a form for each line. */
import { html } from 'hono/html';
import { type Line, MAX_QUANTITY } from '../basket.ts';
import { type Html, money } from './layout.ts';

const row = ({ id, title, priceCents, quantity, onSale }: Line): Html => html`<tr>
<td><a href="/products/${id}" dir="auto">${title}</a>${onSale ? '' : html` <span class="soft">no longer sold</span>`}</td>
<td><form class="line" method="post" action="/basket/lines"><input type="hidden" name="product" value="${id}">
<input type="number" name="quantity" value="${quantity}" min="0" max="${MAX_QUANTITY}" required aria-label="How many of ${title}">
<button>Change</button></form></td>
<td><form class="line" method="post" action="/basket/lines"><input type="hidden" name="product" value="${id}">
<input type="hidden" name="quantity" value="0"><button class="quiet" aria-label="Take out ${title}">Take out</button></form></td>
<td class="price">${money(priceCents * quantity)}</td></tr>`;

export function basketPage(lines: readonly Line[]): Html {
  if (lines.length === 0) return html`<h1>Basket</h1><p class="soft">Nothing in it yet. <a href="/">Have a look around.</a></p>`;
  const total = lines.reduce((sum, { priceCents, quantity }) => sum + priceCents * quantity, 0);
  return html`<h1>Basket</h1><div class="scroll"><table><thead><tr><th>Product</th><th>How many</th><th></th><th class="price">Price</th></tr></thead>
<tbody>${lines.map(row)}</tbody>
<tfoot><tr><th colspan="3" scope="row">Total with tax</th><td class="price">${money(total)}</td></tr></tfoot></table></div>`;
}
