/** `npm run pull`: writes the accepted drafts of a running Lockkeeper into this checkout. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DEFAULT_PORT } from '../start/settings.ts';
import { PullError, type Pulled, pull, type Source } from './pull.ts';

const top = join(import.meta.dirname, '../..');

/** The local server's, where nothing else is said. */
function sourceOf(env: NodeJS.ProcessEnv): Source {
  const url = (env.LOCKKEEPER_URL || `http://127.0.0.1:${env.PORT || DEFAULT_PORT}`).replace(/\/+$/, '');
  const tokenFile = join(env.LOCKKEEPER_STATE || join(top, '.lockkeeper'), 'admin-token');
  const token = env.LOCKKEEPER_ADMIN_TOKEN || (existsSync(tokenFile) ? readFileSync(tokenFile, 'utf8').trim() : '');
  if (token === '') throw new PullError('There is no token: set LOCKKEEPER_ADMIN_TOKEN.');
  // A token must not go to another machine because that one was named and its own token was not.
  if (!env.LOCKKEEPER_ADMIN_TOKEN && !/^https?:\/\/(127\.0\.0\.1|localhost|\[::1\])(:|$)/.test(url)) {
    throw new PullError(`For ${url} set LOCKKEEPER_ADMIN_TOKEN, too: the token kept here belongs to the local server.`);
  }
  return { url, token };
}

function lineOf(pulled: Pulled): string {
  switch (pulled.outcome) {
    case 'written':
      return `wrote ${pulled.path}`;
    case 'up-to-date':
      return `${pulled.path} is up to date`;
    case 'refused':
      return `left ${pulled.path} alone: ${pulled.why}`;
  }
}

try {
  const results = await pull(top, sourceOf(process.env));
  for (const result of results) process.stdout.write(`${lineOf(result)}\n`);
  if (results.length === 0) process.stdout.write('There are no accepted drafts.\n');
  process.exitCode = results.some(({ outcome }) => outcome === 'refused') ? 1 : 0;
} catch (error) {
  if (!(error instanceof PullError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
