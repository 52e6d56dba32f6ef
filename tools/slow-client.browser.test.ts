/** J4, over a real connection: what may wait for a client that does not read has a bound, and the others do not notice. */
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Local, startLocal } from './local.ts';

let local: Local;
const folder = mkdtempSync(join(tmpdir(), 'lockkeeper-slow-'));
const open: Socket[] = [];

beforeAll(async () => {
  local = await startLocal({ stateFolder: folder, sample: 'on' });
});
afterAll(async () => {
  for (const socket of open) socket.destroy();
  await local.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** A WebSocket by hand, because a library would read. `reads: false` stops after the handshake. */
async function live(reads: boolean): Promise<{ received: () => number }> {
  const socket = connect(local.port, '127.0.0.1');
  open.push(socket);
  let received = 0;
  const answered = new Promise<void>((resolve) =>
    socket.on('data', (data) => {
      if (received === 0) {
        if (!reads) socket.pause();
        resolve();
      }
      received += data.length;
    }),
  );
  const lines = [
    'GET /api/v1/databases/DB/live HTTP/1.1',
    `Host: 127.0.0.1:${local.port}`,
    `Authorization: Bearer ${local.adminToken}`,
    'Upgrade: websocket',
    'Connection: Upgrade',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Version: 13',
  ];
  socket.write(`${lines.join('\r\n')}\r\n\r\n`);
  await answered;
  return { received: () => received };
}

const openSockets = async () => {
  const response = await local.call('/announcements', {
    method: 'POST',
    body: JSON.stringify({ kind: 'restart', reconnectAfterMs: 0 }),
  });
  return ((await response.json()) as { sockets: number }).sockets;
};

test('a client that stops reading is cut, one that reads is not', async () => {
  const reader = await live(true);
  await live(false);
  expect(await openSockets()).toBe(2);
  // Each job's events carry its params: a long list of tables makes them long.
  const body = JSON.stringify({
    kind: 'database.export',
    params: { tables: Array.from({ length: 5_000 }, () => 'stock_movements') },
  });
  for (let n = 0; n < 300 && (n % 5 > 0 || (await openSockets()) === 2); n += 1) {
    const taken = await local.call('/databases/DB/jobs', { method: 'POST', body });
    expect(taken.status, await taken.text()).toBe(202);
  }
  expect(await openSockets()).toBe(1);
  expect(reader.received()).toBeGreaterThan(2_000_000);
});
