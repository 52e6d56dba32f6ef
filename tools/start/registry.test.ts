import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { forgetAddresses, workerName } from './registry.ts';

const folder = mkdtempSync(join(tmpdir(), 'lockkeeper-registry-'));
afterEach(() => rmSync(folder, { recursive: true, force: true }));
const top = join(import.meta.dirname, '../..');

test('only our own Workers are forgotten, and the folder that others watch stays', () => {
  const own = join(top, 'wrangler.toml');
  expect(workerName(own)).toBe('lockkeeper');
  for (const name of ['lockkeeper', 'somebody-else']) writeFileSync(join(folder, name), '{}');
  forgetAddresses(folder, [own]);
  expect(['lockkeeper', 'somebody-else'].map((name) => existsSync(join(folder, name)))).toEqual([false, true]);
  forgetAddresses(join(folder, 'nowhere'), [own]);
});

test('a configuration without a name is an error, also where a binding has one', () => {
  const config = join(folder, '..', 'nameless.toml');
  writeFileSync(config, 'main = "x"\n[[bindings]]\nname = "X"\n');
  expect(() => workerName(config)).toThrow('names no Worker');
  rmSync(config);
});
