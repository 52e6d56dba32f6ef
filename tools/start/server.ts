/** What a start says to the server that it has started, over HTTP. */
import { setTimeout as delay } from 'node:timers/promises';

export interface Server {
  readonly url: string;
  readonly adminToken: string;
}

export type Health = 'ok' | 'stopped' | { readonly unhealthy: string };

/** Asks until the server is well, has stopped, or `patienceMs` are over. */
export async function waitForHealth(url: string, stopped: AbortSignal, patienceMs: number): Promise<Health> {
  const deadline = Date.now() + patienceMs;
  let last = 'it does not answer';
  while (Date.now() < deadline && !stopped.aborted) {
    try {
      const response = await fetch(`${url}/healthz`, { signal: AbortSignal.any([stopped, AbortSignal.timeout(5000)]) });
      const text = (await response.text()).slice(0, 500);
      if (response.ok && /"status"\s*:\s*"ok"/.test(text)) return 'ok';
      last = `GET /healthz answers ${response.status} ${readable(text)}`.trim();
    } catch (error) {
      last = `GET /healthz: ${error instanceof Error ? ((error.cause as Error | undefined)?.message ?? error.message) : error}`;
    }
    await delay(100, undefined, { signal: stopped }).catch(() => {});
  }
  return stopped.aborted ? 'stopped' : { unhealthy: last };
}

/** The local runtime answers what went wrong in it with a web page, styles first. */
const readable = (text: string): string => (/^\s*</.test(text) ? '(a page)' : text);

async function post(server: Server, path: string, body: unknown, options: { timeoutMs: number; headers?: Record<string, string> }) {
  return await fetch(`${server.url}/api/v1${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${server.adminToken}`, 'content-type': 'application/json', ...options.headers },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(options.timeoutMs),
  });
}

async function refusal(response: Response): Promise<{ code: string; text: string }> {
  const text = (await response.text()).slice(0, 500);
  try {
    const { code, detail, hint } = JSON.parse(text) as Record<string, string>;
    return { code: code ?? '', text: [detail, hint].filter(Boolean).join(' ') || text };
  } catch {
    return { code: '', text: `${response.status} ${readable(text)}` };
  }
}

/** Asks for sample data. Answers null when that is under way or there is data already, else why not. */
export async function seedSample(server: Server): Promise<string | null> {
  const job = { kind: 'sample.seed', params: {} };
  const response = await post(server, '/databases/DB/jobs', job, { timeoutMs: 20_000, headers: { 'idempotency-key': 'sample-1' } });
  if (response.ok) return null;
  const { code, text } = await refusal(response);
  return code === 'sample_not_empty' ? null : text;
}

/** A sign-in link for a browser: works once, for ten minutes. The token itself never stands in a link. */
export async function signInLink(server: Server): Promise<string> {
  const response = await post(server, '/session/codes', {}, { timeoutMs: 10_000 });
  if (!response.ok) throw new Error(`no sign-in link could be made: ${(await refusal(response)).text}`);
  const { code } = (await response.json()) as { code: string };
  return `${server.url}/sign-in#code=${code}`;
}

/** Tells open consoles that the server goes away and when to come back. As well as it can: the server may be dead already. */
export async function announceRestart(server: Server): Promise<void> {
  const announcement = { kind: 'restart', reconnectAfterMs: 1000 };
  await post(server, '/announcements', announcement, { timeoutMs: 500 }).catch(() => undefined);
}
