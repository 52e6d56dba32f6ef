import { env } from 'cloudflare:workers';
import { expect, test } from 'vitest';
test('D1 answers', async () => {
  expect(await (env as { DB: D1Database }).DB.prepare('select 1').raw()).toEqual([[1]]);
});
