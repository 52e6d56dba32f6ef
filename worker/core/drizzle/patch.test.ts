/** Held against git itself. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type FileChange, patchOf } from './patch.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'lockkeeper-patch-'));
  execFileSync('git', ['init', '--quiet', folder]);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Puts the old texts down, applies the patch, and answers what is there then. */
function applied(changes: readonly FileChange[]): (string | null)[] {
  for (const { path, before } of changes) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    if (before === null) rmSync(join(folder, path), { force: true });
    else writeFileSync(join(folder, path), before);
  }
  const patch = patchOf(changes);
  if (patch !== '') execFileSync('git', ['-C', folder, 'apply', '--whitespace=nowarn', '-'], { input: patch });
  return changes.map(({ path }) => (existsSync(join(folder, path)) ? readFileSync(join(folder, path), 'utf8') : null));
}

const check = (changes: readonly FileChange[]) => expect(applied(changes)).toEqual(changes.map(({ after }) => after));

describe('git apply takes it', () => {
  test.each<[string, FileChange[]]>([
    [
      'a change in the middle',
      [{ path: 'a.ts', before: 'one\ntwo\nthree\nfour\nfive\nsix\nseven\n', after: 'one\ntwo\nthree\nFOUR\nfive\nsix\nseven\n' }],
    ],
    [
      'two files, one new, one gone',
      [
        { path: 'db/x/new.sql', before: null, after: 'CREATE TABLE a (b);\n' },
        { path: 'db/old.ts', before: 'old\n', after: null },
        { path: 'db/a.ts', before: 'a\n', after: 'b\n' },
      ],
    ],
    [
      'no newline at the end, before, after, both',
      [
        { path: 'n1', before: 'a\nb', after: 'a\nc\n' },
        { path: 'n2', before: 'a\nb\n', after: 'a\nc' },
        { path: 'n3', before: 'a', after: 'b' },
      ],
    ],
    [
      'empty files',
      [
        { path: 'e1', before: null, after: '' },
        { path: 'e2', before: '', after: 'x\n' },
        { path: 'e3', before: 'x\n', after: '' },
      ],
    ],
    [
      'names with blanks, quotes and letters beyond ASCII',
      [
        { path: 'db/order notes.ts', before: 'a\n', after: 'b\n' },
        { path: 'db/"quoted".ts', before: 'a\n', after: 'b\n' },
        { path: 'db/größe.ts', before: null, after: 'b\n' },
      ],
    ],
    [
      'lines that look like a patch',
      [{ path: 'p', before: '--- a/x\n+++ b/x\n@@ -1 +1 @@\n', after: '-- a/x\n++ b/x\n@@ -1 +2 @@\n\\ No newline\n' }],
    ],
    ['carriage returns', [{ path: 'r', before: 'a\r\nb\r\n', after: 'a\r\nc\r\n' }]],
  ])('%s', (_, changes) => check(changes));

  test('random texts', () => {
    const line = fc.constantFrom('a', 'b', '', '  c', '-', '+', 'ü', '\\');
    const text = fc
      .tuple(fc.array(line, { maxLength: 12 }), fc.boolean())
      .map(([lines, ended]) => lines.join('\n') + (ended && lines.length > 0 ? '\n' : ''));
    fc.assert(
      fc.property(text, text, (before, after) => {
        expect(applied([{ path: 'random', before, after }])).toEqual([after]);
      }),
      { numRuns: 60 },
    );
  });
});

test('what did not change is not in it', () => {
  expect(patchOf([{ path: 'a', before: 'x', after: 'x' }])).toBe('');
});
