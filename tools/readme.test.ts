/** README.md under test: every command, setting, binding and link in it exists, and every measured number was measured. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { benchSection, NOT_MEASURED, withBenchSection } from '../bench/readme.ts';

const top = join(import.meta.dirname, '..');
const read = (path: string) => readFileSync(join(top, path), 'utf8');
const readme = read('README.md');
const wrangler = read('wrangler.toml');
const { scripts, version } = JSON.parse(read('package.json')) as { scripts: Record<string, string>; version: string };
const unique = (found: Iterable<string>) => [...new Set(found)].sort();
const all = (pattern: RegExp, text = readme) => unique([...text.matchAll(pattern)].map((match) => match[1] ?? ''));

const NPM_OWN = ['ci'];
const code = globSync('{tools,bench,worker,ui}/**/*.{ts,mjs}', { cwd: top })
  .filter((file) => !/\.test\.ts$|(^|\/)(dist|node_modules)\//.test(file))
  .map((file) => read(file))
  .join('\n');

test.each(all(/\bnpm (?:run )?([a-z][\w:-]*)/g).filter((name) => !NPM_OWN.includes(name)))('npm %s is a script', (name) => {
  expect(Object.keys(scripts)).toContain(name);
});

test.each(Object.keys(scripts))('the script %s is described', (name) => {
  expect(readme).toMatch(new RegExp(`\\| \`npm (run )?${name}\` \\|`));
});

test.each(Object.values(scripts).flatMap((script) => all(/node (\S+\.mjs)/g, script)))(
  '%s, which a script runs, exists',
  (file) => {
    expect(existsSync(join(top, file))).toBe(true);
  },
);

test('the commands of npx are of packages that are installed', () => {
  const commands = all(/\bnpx (\w[\w-]*)/g);
  expect(commands).toContain('wrangler');
  for (const command of commands) expect(existsSync(join(top, 'node_modules/.bin', command))).toBe(true);
});

test('.ci/run runs the test command of the readme, and nothing else', () => {
  const lines = read('.ci/run')
    .split('\n')
    .filter((line) => line.trim() !== '');
  expect(lines[0]).toBe('#!/usr/bin/env bash');
  expect(lines[1]).toBe('set -euo pipefail');
  expect(lines[2]).toMatch(/^cd /);
  expect(lines.slice(3)).toEqual(['npm test']);
  expect(readme).toContain('`npm test`');
});

const settings = all(/`((?:[A-Z][A-Z\d]*_)+[A-Z\d]+|PORT)`/g);
test.each(settings)('the setting %s is read somewhere', (name) => {
  expect(code).toMatch(new RegExp(`\\b${name}\\b`));
});

test('the settings of the contract are all described', () => {
  expect(settings).toEqual(
    expect.arrayContaining([
      'PORT',
      'LOCKKEEPER_STATE',
      'LOCKKEEPER_ADMIN_TOKEN',
      'LOCKKEEPER_SAMPLE',
      'ACCESS_TEAM',
      'ACCESS_AUD',
    ]),
  );
});

test('the bindings that are named are those of wrangler.toml, all of them', () => {
  const named = all(/`([A-Z]+)`/g, /^Bindings:[\s\S]*?\n\n/m.exec(readme)?.[0] ?? '');
  const queueAndD1 = all(/^(?:binding|name) = "([A-Z]+)"$/gm, wrangler);
  expect(named).toEqual(queueAndD1);
});

test.each(all(/wrangler (?:d1|r2 bucket|queues) create ([\w-]+)/g))(
  '%s, which deploying makes, is used by wrangler.toml',
  (name) => {
    expect(wrangler).toContain(`"${name}"`);
  },
);

test('deploying makes every bucket and queue of wrangler.toml', () => {
  for (const name of all(/^(?:bucket_name|queue|dead_letter_queue) = "([^"]+)"$/gm, wrangler))
    expect(readme).toContain(`create ${name}`);
});

describe('links', () => {
  test.each(all(/\]\(([^)#]+)\)/g).filter((link) => !link.startsWith('http')))('%s exists', (link) => {
    expect(existsSync(join(top, link))).toBe(true);
  });
});

test('the measured numbers are those of bench/results.json', () => {
  const results = existsSync(join(top, 'bench/results.json')) ? JSON.parse(read('bench/results.json')) : null;
  expect(withBenchSection(readme, benchSection(results))).toBe(readme);
  expect(readme.includes(NOT_MEASURED)).toBe(results === null);
});

test('the changelog has an entry for this version', () => {
  expect(read('CHANGELOG.md')).toContain(version);
});
