/** The clock of the local server: nothing else there calls the Worker's cron triggers. */
import { readFileSync } from 'node:fs';
import { Cron } from 'croner';

/** The expressions under `[triggers]` in wrangler.toml. */
export function cronsOf(wranglerToml: string): string[] {
  const list = /^crons = \[([^\]]*)\]/m.exec(readFileSync(wranglerToml, 'utf8'))?.[1] ?? '';
  return [...list.matchAll(/"([^"]+)"/g)].map((match) => match[1] ?? '');
}

/** Calls the Worker when a trigger is due, in UTC as deployed, until `stop` aborts. */
export function runClock(url: string, crons: readonly string[], stop: AbortSignal): void {
  for (const cron of crons) {
    const due = () =>
      fetch(`${url}/cdn-cgi/local/scheduled?cron=${encodeURIComponent(cron)}`).then((response) => response.body?.cancel());
    // The server's own log tells what went wrong in there; a call that got lost is made up for by the next.
    const timer = new Cron(cron, { timezone: 'UTC' }, () => void due().catch(() => undefined));
    stop.addEventListener('abort', () => timer.stop());
  }
}
