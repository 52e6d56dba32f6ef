/** One JSON line for each thing worth knowing. Fields named here only: bodies, headers, tokens, SQL and values never get in. */
import { withoutSecrets } from './core/secrets.ts';

export interface LogFields {
  readonly requestId?: string;
  readonly method?: string;
  /** Without its query: cursors and the like are nobody's business. */
  readonly path?: string;
  readonly status?: number;
  readonly tookMs?: number;
  readonly subject?: string;
  readonly code?: string;
  readonly database?: string;
  readonly jobId?: string;
  readonly kind?: string;
  readonly epoch?: number;
  readonly error?: unknown;
}

export function log(level: 'info' | 'warn' | 'error', message: string, { error, ...fields }: LogFields = {}): void {
  const described =
    error === undefined ? {} : { error: error instanceof Error ? `${error.name}: ${error.message}` : String(error) };
  // Somebody may have put a token into a path, where its id belongs.
  console[level](withoutSecrets(JSON.stringify({ at: new Date().toISOString(), level, message, ...fields, ...described })));
}
