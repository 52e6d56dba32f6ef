/** For tests in the real runtime: a live socket, opened through the door. */
import { expect } from 'vitest';
import type { LiveMessage } from '../../protocol/live.ts';
import { type Ask, ask } from './world.ts';

export interface OpenSocket {
  readonly messages: readonly LiveMessage[];
  /** The code that the server closed it with. */
  readonly closed: Promise<number>;
  isOpen(): boolean;
  close(): void;
}

export async function openSocket(database: string, more: Ask): Promise<OpenSocket> {
  const response = await ask(`/databases/${database}/live`, { ...more, headers: { Upgrade: 'websocket', ...more.headers } });
  expect(response.status).toBe(101);
  const socket = response.webSocket as WebSocket;
  const messages: LiveMessage[] = [];
  let open = true;
  const closed = new Promise<number>((resolve) => {
    socket.addEventListener('close', ({ code }) => {
      open = false;
      resolve(code);
    });
  });
  socket.addEventListener('message', ({ data }) => void messages.push(JSON.parse(String(data)) as LiveMessage));
  socket.accept();
  return { messages, closed, isOpen: () => open, close: () => socket.close(1000) };
}
