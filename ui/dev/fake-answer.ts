/** How the fake server answers: a value, a page of a list, a file, or a problem. */
import { PROBLEMS, type ProblemCode } from '../../worker/protocol/problem.ts';

export class Refused extends Error {
  readonly status: number;
  readonly code: ProblemCode;
  readonly headers: Record<string, string>;
  constructor(status: number, code: ProblemCode, detail: string = PROBLEMS[code].title, headers: Record<string, string> = {}) {
    super(detail);
    this.status = status;
    this.code = code;
    this.headers = headers;
  }
  problem() {
    const { title, hint } = PROBLEMS[this.code];
    return {
      type: `urn:lockkeeper:${this.code}`,
      title,
      status: this.status,
      code: this.code,
      detail: this.message,
      hint,
      requestId: 'req_fake_01',
    };
  }
}

/** With the status that the protocol gives the code. */
export const refused = (code: ProblemCode, detail?: string, headers?: Record<string, string>): Refused =>
  new Refused(PROBLEMS[code].status, code, detail, headers);

export interface Answer {
  readonly status: number;
  readonly value?: unknown;
  readonly file?: { readonly name: string; readonly type: string; readonly text: string };
}
export const ok = (value: unknown): Answer => ({ status: 200, value });

export function page<T>(items: readonly T[], url: URL): Answer {
  const limit = Number(url.searchParams.get('limit') ?? 50);
  const from = Number(url.searchParams.get('cursor') ?? 0);
  return ok({ items: items.slice(from, from + limit), nextCursor: from + limit < items.length ? String(from + limit) : null });
}
