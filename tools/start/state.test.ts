import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Unusable } from './settings.ts';
import { takeState } from './state.ts';

let top: string;
beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), 'lockkeeper-state-'));
});
afterEach(() => rmSync(top, { recursive: true, force: true }));

test('a missing folder is made with all above it, for its owner alone', () => {
  const folder = join(top, 'a', 'b');
  const state = takeState(folder);
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  state.release();
});

test('a folder that is there is taken, by one at a time', () => {
  const first = takeState(top);
  expect(() => takeState(top)).toThrow(/already runs/);
  first.release();
  takeState(top).release();
});

test('where a file is, there can be no folder: said with what to do, and not as a stack', () => {
  const file = join(top, 'file');
  writeFileSync(file, 'mine');
  for (const folder of [file, join(file, 'below')]) {
    expect(() => takeState(folder)).toThrow(Unusable);
    expect(() => takeState(folder)).toThrow(/no state folder/);
  }
});

test.skipIf(process.platform !== 'linux')('a file system that takes no folders is refused and not tried for ever', () => {
  expect(() => takeState('/proc/lockkeeper/state')).toThrow(/no state folder at \/proc\/lockkeeper\/state: ENOENT/);
});
