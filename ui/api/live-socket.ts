/**
 * The only place of the console that opens a socket. It knows the heartbeat and the wire format; when to connect again is the
 * business of `ui/store/live-feed.ts`.
 */
import type { LiveMessage } from '../../worker/protocol/live.ts';
import { databasePath } from './client.ts';

/** A proxy may drop an idle connection without a word, so the client asks; the server answers without waking its object. */
const PING_EVERY_MS = 20_000;
const PONG_WITHIN_MS = 10_000;
const OPEN_WITHIN_MS = 15_000;
/** Our own close code for "no pong": from the private range, so that it is never mistaken for one of the server's. */
export const CLOSE_SILENT = 4999;

export interface LiveSocketHandlers {
  message(message: LiveMessage): void;
  /** Once, and nothing after it. `opened` is false when the handshake already failed (the browser hides the HTTP status). */
  closed(code: number, opened: boolean): void;
}
export interface LiveSocket {
  /** Closes without calling `closed`. */
  close(): void;
}
export type OpenLiveSocket = (database: string, after: number | null, handlers: LiveSocketHandlers) => LiveSocket;

const TYPES: ReadonlySet<string> = new Set<LiveMessage['type']>(['snapshot', 'resumed', 'event', 'progress', 'goodbye']);

/** Null for anything that is not one of our messages, so that a newer server does not break an older page. */
export function parseLiveMessage(text: string): LiveMessage | null {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || !('type' in value) || typeof value.type !== 'string') return null;
    return TYPES.has(value.type) ? (value as LiveMessage) : null;
  } catch {
    return null;
  }
}

export const openLiveSocket: OpenLiveSocket = (database, after, handlers) => {
  const url = new URL(`${databasePath(database)}/live`, location.href);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  if (after !== null) url.searchParams.set('after', String(after));
  const socket = new WebSocket(url);
  let opened = false;
  let done = false;
  let pong: ReturnType<typeof setTimeout> | undefined;

  const finish = (code: number, tell: boolean): void => {
    if (done) return;
    done = true;
    clearInterval(ping);
    clearTimeout(opening);
    clearTimeout(pong);
    socket.close();
    if (tell) handlers.closed(code, opened);
  };
  const ping = setInterval(() => {
    if (socket.readyState !== WebSocket.OPEN) return;
    socket.send('ping');
    clearTimeout(pong);
    pong = setTimeout(() => finish(CLOSE_SILENT, true), PONG_WITHIN_MS);
  }, PING_EVERY_MS);

  const opening = setTimeout(() => finish(CLOSE_SILENT, true), OPEN_WITHIN_MS);
  socket.addEventListener('open', () => {
    opened = true;
    clearTimeout(opening);
  });
  socket.addEventListener('message', ({ data }) => {
    clearTimeout(pong);
    const message = done || typeof data !== 'string' || data === 'pong' ? null : parseLiveMessage(data);
    if (message !== null) handlers.message(message);
  });
  socket.addEventListener('close', ({ code }) => finish(code, true));
  return { close: () => finish(1000, false) };
};
