import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { isInstalled } from './bootstrap.mjs';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lockkeeper-bootstrap-'));
  mkdirSync(join(folder, 'node_modules'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const lock = (packages: Record<string, { version: string; optional?: boolean }>) =>
  writeFileSync(join(folder, 'package-lock.json'), JSON.stringify({ packages: { '': { version: '1' }, ...packages } }));
const installed = (packages: Record<string, { version: string }>) =>
  writeFileSync(join(folder, 'node_modules/.package-lock.json'), JSON.stringify({ packages }));

test('a bare clone, an interrupted install and a changed lock file need an install', () => {
  lock({ 'node_modules/a': { version: '1.0.0' } });
  expect(isInstalled(folder)).toBe(false);
  writeFileSync(join(folder, 'node_modules/.package-lock.json'), '{"packages":');
  expect(isInstalled(folder)).toBe(false);
  installed({ 'node_modules/a': { version: '0.9.0' } });
  expect(isInstalled(folder)).toBe(false);
});

test('what is wanted and there needs none, whatever is there besides, and other platforms’ packages are not missed', () => {
  lock({ 'node_modules/a': { version: '1.0.0' }, 'node_modules/a-for-windows': { version: '1.0.0', optional: true } });
  installed({ 'node_modules/a': { version: '1.0.0' }, 'node_modules/b': { version: '3.0.0' } });
  expect(isInstalled(folder)).toBe(true);
});
