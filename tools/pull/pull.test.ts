import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { SchemaFile } from '../../worker/protocol/schema.ts';
import { PullError, pull, takeDraft } from './pull.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const OLD = 'export const a = 1;\n';
const NEW = 'export const a = 2;\n';

type Draft = NonNullable<SchemaFile['draft']>;
const fileOf = (path: string, draft: Partial<Draft> | null = {}): SchemaFile => ({
  path,
  text: OLD,
  sha256: sha256(OLD),
  draft: draft && {
    n: 1,
    text: NEW,
    basedOn: sha256(OLD),
    state: 'accepted',
    message: '',
    savedAt: '2026-11-23T09:00:00.000Z',
    savedBy: 'admin',
    problems: [],
    ...draft,
  },
});

let top = '';
beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), 'lockkeeper-pull-'));
  mkdirSync(join(top, 'db/schema'), { recursive: true });
  writeFileSync(join(top, 'db/schema/a.ts'), OLD);
});
afterEach(() => rmSync(top, { recursive: true, force: true }));
const here = () => readFileSync(join(top, 'db/schema/a.ts'), 'utf8');

describe('one draft', () => {
  test('is written over the text that it began from, and only once', () => {
    expect(takeDraft(top, fileOf('db/schema/a.ts'))).toEqual({ outcome: 'written', path: 'db/schema/a.ts' });
    expect(here()).toBe(NEW);
    expect(takeDraft(top, fileOf('db/schema/a.ts'))).toEqual({ outcome: 'up-to-date', path: 'db/schema/a.ts' });
    expect(readdirSync(join(top, 'db/schema'))).toEqual(['a.ts']);
  });

  test('a file that has changed meanwhile is left alone', () => {
    writeFileSync(join(top, 'db/schema/a.ts'), `${OLD}// mine\n`);
    expect(takeDraft(top, fileOf('db/schema/a.ts'))).toMatchObject({
      outcome: 'refused',
      why: expect.stringContaining('has changed since'),
    });
    expect(here()).toBe(`${OLD}// mine\n`);
  });

  test.each<[string, Partial<Draft> | null]>([
    ['none', null],
    ['an open one', { state: 'open' }],
    ['a discarded one', { state: 'discarded' }],
  ])('%s is not taken', (_, draft) => {
    expect(takeDraft(top, fileOf('db/schema/a.ts', draft))).toBeNull();
    expect(here()).toBe(OLD);
  });

  test('one with mistakes is refused', () => {
    const problems = [{ path: 'db/schema/a.ts', line: 1, column: 1, message: 'no data' }];
    expect(takeDraft(top, fileOf('db/schema/a.ts', { problems }))).toMatchObject({
      outcome: 'refused',
      why: 'the draft has mistakes: no data',
    });
    expect(here()).toBe(OLD);
  });

  test.each([
    '../outside.ts',
    '/etc/passwd',
    'db/../../x.ts',
    'node_modules/a/index.ts',
    '.git/hooks/pre-commit',
    'package.json',
    'db/schema/../../.x.ts',
  ])('a server cannot write %s', (path) => {
    expect(takeDraft(top, fileOf(path))).toMatchObject({ outcome: 'refused', why: expect.stringContaining('path') });
  });

  test('a file that is not here is not made', () => {
    expect(takeDraft(top, fileOf('db/schema/b.ts'))).toMatchObject({ outcome: 'refused' });
    expect(existsSync(join(top, 'db/schema/b.ts'))).toBe(false);
  });
});

describe('a server', () => {
  let server: Server;
  const answers = new Map<string, unknown>();
  const asked: string[] = [];
  const source = () => ({ url: `http://127.0.0.1:${(server.address() as { port: number }).port}`, token: 'secret' });

  beforeEach(async () => {
    answers.clear();
    asked.length = 0;
    server = createServer((request, response) => {
      asked.push(`${request.headers.authorization} ${request.url}`);
      const answer = answers.get(request.url ?? '');
      response.statusCode = answer === undefined ? 403 : 200;
      response.end(JSON.stringify(answer ?? { code: 'forbidden', detail: 'This token may not.', hint: 'Ask an admin.' }));
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
  });
  afterEach(() => server.close());

  test('is asked for the files of each of its databases, page by page, with the token', async () => {
    answers.set('/api/v1/databases', { items: [{ name: 'DB' }], nextCursor: 'n x' });
    answers.set('/api/v1/databases?cursor=n%20x', { items: [{ name: 'STAGING' }], nextCursor: null });
    answers.set('/api/v1/databases/DB/schema/files', { items: [fileOf('db/schema/a.ts')] });
    answers.set('/api/v1/databases/STAGING/schema/files', { items: [fileOf('db/schema/a.ts'), fileOf('db/schema/c.ts', null)] });
    expect(await pull(top, source())).toEqual([{ outcome: 'written', path: 'db/schema/a.ts' }]);
    expect(here()).toBe(NEW);
    expect(new Set(asked.map((line) => line.split(' ').slice(0, 2).join(' ')))).toEqual(new Set(['Bearer secret']));
  });

  test('its refusal is told in its own words', async () => {
    await expect(pull(top, source())).rejects.toThrow(
      new PullError('GET /databases answers 403: This token may not. Ask an admin.'),
    );
  });

  test('that answers something else changes nothing', async () => {
    answers.set('/api/v1/databases', { items: [{ name: 'DB' }] });
    answers.set('/api/v1/databases/DB/schema/files', { items: [{ path: 'db/schema/a.ts', text: NEW }] });
    await expect(pull(top, source())).rejects.toThrow(/answers something else than expected/);
    expect(here()).toBe(OLD);
  });

  test('that is not there is named', async () => {
    await expect(pull(top, { url: 'http://127.0.0.1:1', token: 'x' })).rejects.toThrow(/^http:\/\/127\.0\.0\.1:1 does not answer/);
  });
});
