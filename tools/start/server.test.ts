import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { signInLink, waitForHealth } from './server.ts';

let running: Server | undefined;
afterEach(() => new Promise((resolve) => (running ? running.close(resolve) : resolve(undefined))));

const serve = (answer: RequestListener): Promise<string> =>
  new Promise((resolve) => {
    const server = createServer(answer);
    running = server.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
  });

test('a server that says so is well', async () => {
  const url = await serve((_, response) => response.end('{"status":"ok"}'));
  expect(await waitForHealth(url, new AbortController().signal, 10_000)).toBe('ok');
});

test('the page that the local runtime answers with is not poured into the terminal', async () => {
  const url = await serve((_, response) => {
    response.statusCode = 500;
    response.end('<!DOCTYPE html>\n<html><style>.dump { color: red }</style></html>');
  });
  const health = await waitForHealth(url, new AbortController().signal, 200);
  expect(health).toEqual({ unhealthy: 'GET /healthz answers 500 (a page)' });
});

test('a refused sign-in link is an error that says why', async () => {
  const url = await serve((_, response) => {
    response.statusCode = 429;
    response.end(JSON.stringify({ code: 'too_many_requests', detail: 'Too often.', hint: 'Wait.' }));
  });
  await expect(signInLink({ url, adminToken: 't' })).rejects.toThrow('no sign-in link could be made: Too often. Wait.');
});
