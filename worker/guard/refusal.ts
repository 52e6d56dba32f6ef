/** The 503 that stands in for the answer: a page for people, problem+json (RFC 9457) for programs, never kept by a cache. */
import type { Notice } from './decide.ts';
import { PAGE_POLICY, page, words } from './page.ts';

export type CustomPage = (notice: Notice) => string;

/** The weight that an Accept header gives to one of `types`, its highest; 0: not wanted, or not named. */
function weight(accept: string, types: readonly string[]): number {
  let highest = 0;
  for (const part of accept.toLowerCase().split(',')) {
    const [type, ...parameters] = part.split(';').map((text) => text.trim());
    if (type === undefined || !types.includes(type)) continue;
    const given = parameters.find((parameter) => parameter.startsWith('q='));
    const q = given === undefined ? 1 : Number(given.slice(2));
    highest = Math.max(highest, q >= 0 && q <= 1 ? q : 0);
  }
  return highest;
}

/** Browsers name HTML. Who takes anything is a program. */
export function wantsPage(accept: string | null): boolean {
  if (accept === null) return false;
  const html = weight(accept, ['text/html', 'application/xhtml+xml']);
  return html > 0 && html >= weight(accept, ['application/problem+json', 'application/json']);
}

const problem = (notice: Notice): string => {
  const { title, sentence, again } = words(notice);
  const { mode, expiresAt, retryAfterSeconds } = notice;
  return JSON.stringify({
    type: 'about:blank',
    title,
    status: 503,
    detail: sentence,
    code: 'maintenance',
    hint: again,
    mode,
    expiresAt,
    retryAfterSeconds,
  });
};

interface Content {
  readonly body: string;
  readonly type: string;
  /** Null: the page's author decides. */
  readonly policy: string | null;
}

function html(notice: Notice, custom: CustomPage | undefined): Content {
  const type = 'text/html; charset=utf-8';
  try {
    const body = custom?.(notice);
    if (typeof body === 'string') return { body, type, policy: null };
  } catch {
    // A page that fails must not turn maintenance into an error: ours stands in.
  }
  return { body: page(notice), type, policy: PAGE_POLICY };
}

export function refusal(notice: Notice, request: Request, custom?: CustomPage): Response {
  const content: Content = wantsPage(request.headers.get('accept'))
    ? html(notice, custom)
    : { body: problem(notice), type: 'application/problem+json', policy: null };
  const headers = new Headers({
    'content-type': content.type,
    'retry-after': String(notice.retryAfterSeconds),
    'cache-control': 'no-store',
    vary: 'Accept',
    'x-content-type-options': 'nosniff',
  });
  if (content.policy !== null) headers.set('content-security-policy', content.policy);
  return new Response(request.method === 'HEAD' ? null : content.body, { status: 503, headers });
}
