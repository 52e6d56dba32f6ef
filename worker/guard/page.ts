/** The page that a visitor gets instead of the one they wanted: nothing in it comes from elsewhere, and it runs no script. Pure. */
import type { Notice } from './decide.ts';

const STYLE = `:root{color-scheme:light dark;--ink:#1d2a33;--soft:#52626d;--paper:#f4f7f8;--card:#fff;--line:#d7e0e4;--water:#1f7a8c}
@media(prefers-color-scheme:dark){:root{--ink:#e8eef1;--soft:#a3b3bc;--paper:#12191e;--card:#1a242b;--line:#2c3a43;--water:#63c2d3}}
*{box-sizing:border-box}body{margin:0;min-height:100vh;display:grid;place-items:center;padding:1.5rem;background:var(--paper);
color:var(--ink);font:1.0625rem/1.55 system-ui,sans-serif}main{max-width:34rem;width:100%;padding:2.25rem;background:var(--card);
border:1px solid var(--line);border-top:.3rem solid var(--water);border-radius:.75rem}h1{margin:0 0 .75rem;font-size:1.6rem;
line-height:1.25;text-wrap:balance}p{margin:0 0 .75rem;overflow-wrap:anywhere}.soft{color:var(--soft);margin:0}`;

/** Of what stands between the style tags: the page keeps its looks under a policy that allows no inline style. A test holds it. */
export const STYLE_SHA256 = 't4oA3e09lwGSJD8L96E49vOhQ9uSFSZq5mAMMcxp2Nw=';

/** For the page alone. */
export const PAGE_POLICY = `default-src 'none'; style-src 'sha256-${STYLE_SHA256}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** For text and for quoted attributes. */
export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');

/** Rounded up: who comes back too early meets the same page again. */
export function inWords(seconds: number): string {
  if (seconds <= 90) return 'a minute';
  if (seconds <= 90 * 60) return `${Math.ceil(seconds / 60)} minutes`;
  return `${Math.ceil(seconds / 3600)} hours`;
}

export interface Words {
  readonly title: string;
  /** A general sentence where the admin has left no message. */
  readonly sentence: string;
  readonly again: string;
}

export function words({ mode, message, retryAfterSeconds }: Notice): Words {
  const again = `Please try again in about ${inWords(retryAfterSeconds)}.`;
  switch (mode) {
    case 'closed':
      return { title: 'We will be right back', sentence: message ?? 'We are doing some maintenance.', again };
    case 'read-only':
      return {
        title: 'Just looking, for the moment',
        sentence: message ?? 'We are doing some maintenance. You can look at everything; nothing can be changed right now.',
        again: `Nothing was saved. ${again}`,
      };
  }
}

export function page(notice: Notice): string {
  const { title, sentence, again } = words(notice);
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="robots" content="noindex"><title>${escapeHtml(title)}</title><style>${STYLE}</style></head>
<body><main><h1>${escapeHtml(title)}</h1><p>${escapeHtml(sentence)}</p><p class="soft">${escapeHtml(again)}</p></main></body></html>
`;
}
