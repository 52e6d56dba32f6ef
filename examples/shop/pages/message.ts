/** A page that says one thing. */
import { html } from 'hono/html';
import type { Html } from './layout.ts';

export const messagePage = (title: string, text: string): Html =>
  html`<section class="message"><h1>${title}</h1><p>${text}</p><p><a href="/">To the shop</a></p></section>`;
