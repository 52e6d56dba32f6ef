import { expect, test } from 'vitest';
import { untilAborted } from './stop.ts';

test('a signal that comes is waited for', async () => {
  const controller = new AbortController();
  let over = false;
  const waiting = untilAborted(AbortSignal.any([controller.signal])).then(() => {
    over = true;
  });
  await Promise.resolve();
  expect(over).toBe(false);
  controller.abort('SIGINT');
  await waiting;
  expect(over).toBe(true);
});

test('a signal that came before anybody waited is not lost', async () => {
  const controller = new AbortController();
  controller.abort('SIGINT');
  await untilAborted(AbortSignal.any([controller.signal]));
});
