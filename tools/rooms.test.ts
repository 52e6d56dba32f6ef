/** Holds the room plan of rooms/plan.ts: who may import whom, how long files may be, and that plain thinking stays plain. */
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { describe, expect, test } from 'vitest';
import { brokenSentence, FRONT_DOOR, IMPURE_CALLS, MAX_LINES, ROOMS, roomOf } from './rooms/plan.ts';
import { readSource } from './rooms/source.ts';

const top = join(import.meta.dirname, '..');
const GENERATED = /(^|\/)(node_modules|dist|migrations)\//;
const files = globSync('{worker,ui,db,tools,bench,examples}/**/*.{ts,mts,mjs,js}', { cwd: top })
  .filter((file) => !GENERATED.test(file))
  .sort();
const isTest = (file: string) => /\.test\.ts$|(^|\/)testing\//.test(file);
const production = files.filter((file) => !isTest(file) && !file.endsWith('.d.mts') && !file.endsWith('.d.ts'));
const code = (file: string) => readFileSync(join(top, file), 'utf8');
const sources = new Map(production.map((file) => [file, readSource(file, code(file))]));
const sourceOf = (file: string) => sources.get(file) ?? readSource(file, code(file));

const packageOf = (specifier: string) => specifier.replace(/\?.*$/, '');
const targetOf = (file: string, specifier: string) =>
  specifier.startsWith('.') ? { file: posix.join(dirname(file), packageOf(specifier)) } : { packageName: packageOf(specifier) };

const violations = (inRoom: readonly string[]) =>
  inRoom.flatMap((file) => {
    const room = roomOf(file);
    if (room === undefined) return [`${file} lies in no room of the plan`];
    const broken = sourceOf(file).imports.map((specifier) => [specifier, brokenSentence(room, targetOf(file, specifier))] as const);
    return broken
      .filter(([, sentence]) => sentence !== null)
      .map(([specifier, sentence]) => `${file} imports ${specifier}: ${sentence}`);
  });

test('the plan is about files that exist', () => {
  expect(production.length).toBeGreaterThan(30);
  expect(production).toContain(FRONT_DOOR.path);
});

describe('imports run downwards only', () => {
  test.each(ROOMS.map((room) => room.path))('%s', (path) => {
    expect(violations(production.filter((file) => roomOf(file)?.path === path))).toEqual([]);
  });

  test('every file lies in a room', () => {
    expect(production.filter((file) => roomOf(file) === undefined)).toEqual([]);
  });

  test('nothing but tests imports a test or the test runner', () => {
    const guilty = production.filter((file) =>
      sourceOf(file).imports.some((specifier) => /\.test\.ts$|^vitest(\/|$)|^fast-check$/.test(specifier)),
    );
    expect(guilty.filter((file) => file !== 'vitest.config.ts')).toEqual([]);
  });
});

test('the front door is short and decides nothing', () => {
  expect(code(FRONT_DOOR.path).trimEnd().split('\n').length).toBeLessThanOrEqual(FRONT_DOOR.maxLines);
  expect(sourceOf(FRONT_DOOR.path).branches).toEqual([]);
});

test('worker/core reads no clock, uses no randomness and waits for nobody', () => {
  const core = production.filter((file) => file.startsWith('worker/core/'));
  const impure = new Set([...IMPURE_CALLS, 'new Date']);
  expect(
    core.flatMap((file) =>
      sourceOf(file)
        .calls.filter((call) => impure.has(call))
        .map((call) => `${file} calls ${call}`),
    ),
  ).toEqual([]);
});

test('only ui/api fetches and opens sockets', () => {
  const others = production.filter((file) => file.startsWith('ui/') && !/^ui\/(api|dev)\//.test(file));
  const asking = new Set([
    'fetch',
    'window.fetch',
    'new WebSocket',
    'new XMLHttpRequest',
    'new EventSource',
    'navigator.sendBeacon',
  ]);
  expect(
    others.flatMap((file) =>
      sourceOf(file)
        .calls.filter((call) => asking.has(call))
        .map((call) => `${file}: ${call}`),
    ),
  ).toEqual([]);
});

test(`no file has more than ${MAX_LINES} lines`, () => {
  const long = files
    .map((file) => [file, code(file).trimEnd().split('\n').length] as const)
    .filter(([, lines]) => lines > MAX_LINES);
  expect(long.map(([file, lines]) => `${file}: ${lines}`)).toEqual([]);
});

describe('the test itself sees what it has to see', () => {
  test('imports in every form, and none in comments or strings', () => {
    const source = readSource(
      'x.ts',
      `import type { A } from './a.ts'; export * from 'b'; export type { Q } from './q.ts'; import './side.ts';
       const c = await import('./c.ts'); type D = import('./d.ts').D;
       // import 'no'
       const s = "import 'no'"; const t = \`\${import.meta.url} from 'no'\`;`,
    );
    expect(source.imports).toEqual(['./a.ts', 'b', './q.ts', './side.ts', './c.ts', './d.ts']);
  });

  test('clocks, dice and branches', () => {
    const source = readSource(
      'x.ts',
      'if (Date.now() > 1) f(new Date(), new Date(0), globalThis.Math.random(), fetch("x"), a ? 1 : 2); new WebSocket("x")',
    );
    expect(source.calls).toEqual(expect.arrayContaining(['Date.now', 'new Date', 'Math.random', 'fetch', 'new WebSocket']));
    expect(readSource('x.ts', 'new Date(0)').calls).toEqual([]);
    expect(source.branches).toEqual(['IfStatement', 'ConditionalExpression']);
  });

  test.each([
    ['worker/core/job/machine.ts', 'hono'],
    ['worker/core/job/machine.ts', 'cloudflare:workers'],
    ['worker/core/job/machine.ts', 'drizzle-orm'],
    ['worker/core/job/machine.ts', '../../database/d1.ts'],
    ['worker/protocol/job.ts', '../core/x.ts'],
    ['worker/tasks/x.ts', '../control/kernel.ts'],
    ['worker/database/x.ts', '../tasks/task.ts'],
    ['ui/pages/x.ts', '../../worker/core/x.ts'],
    ['ui/components/x.ts', '../store/x.ts'],
    ['tools/x.ts', '../worker/control/kernel.ts'],
  ])('%s may not import %s', (file, specifier) => {
    const room = roomOf(file);
    expect(room && brokenSentence(room, targetOf(file, specifier))).toBe(room?.sentence);
  });
});
