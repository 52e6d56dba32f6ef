import { describe, expect, test } from 'vitest';
import type { Job } from '../../worker/protocol/job.ts';
import { exactTime } from '../components/format.ts';
import { loadCommands } from './backups/load-commands.ts';
import { detailLine, fieldName, fieldText } from './jobs/fields.ts';
import { phasesOf } from './jobs/phases.ts';
import { nextSpoken, SPEAK_EVERY_MS, silent } from './shell/announcement.ts';

const job = (over: Partial<Job>): Job => ({
  id: 'a',
  database: 'DB',
  kind: 'database.export',
  lane: 'exclusive',
  status: 'running',
  reason: '',
  actor: 'o',
  createdAt: '2026-11-23T00:00:00Z',
  startedAt: null,
  finishedAt: null,
  attempt: 1,
  progress: { phase: 'rows', done: 50, total: 100, unit: 'rows', secondsLeft: 12 },
  params: {},
  result: null,
  error: null,
  ...over,
});

describe('what a screen reader hears', () => {
  test('a change of status at once, progress only every twenty seconds', () => {
    const first = nextSpoken(silent, [job({})], 1000);
    expect(first.text).toBe('Export: running.');
    expect(nextSpoken(first, [job({})], 1000 + SPEAK_EVERY_MS - 1).text).toBe(first.text);
    const later = nextSpoken(first, [job({})], 1000 + SPEAK_EVERY_MS);
    expect(later.text).toBe('Export: 50%, about 15 s left.');
    expect(nextSpoken(later, [job({ status: 'succeeded' })], later.atMs + 1).text).toBe('Export: succeeded.');
  });
  test('what had ended before the page opened is not news', () => {
    expect(nextSpoken(silent, [job({ status: 'failed' })], 5).text).toBe('');
  });
});

describe('phases', () => {
  const states = (over: Partial<Job>, seen: string[] = []) =>
    phasesOf(job(over), seen).map(({ name, state }) => `${name} ${state}`);
  test('what is behind is done, what is ahead is to come', () =>
    expect(states({})).toEqual(['plan done', 'rows now', 'manifest ahead']));
  test('a failed job stopped where it was', () =>
    expect(states({ status: 'failed' })).toEqual(['plan done', 'rows stopped', 'manifest ahead']));
  test('a finished one has been through all', () =>
    expect(states({ status: 'succeeded' })).toEqual(['plan done', 'rows done', 'manifest done']));
  test('a phase that nobody expected appears where it was seen', () => {
    const progress = { phase: 'polish', done: 0, total: null, unit: '' };
    expect(states({ progress }, ['plan', 'rows', 'polish'])).toEqual(['plan done', 'rows done', 'polish now', 'manifest ahead']);
  });
  test('a safety backup is not claimed by a sync that took none', () => {
    const sync = {
      kind: 'schema.sync',
      status: 'succeeded',
      progress: { phase: 'done', done: 1, total: 1, unit: 'steps' },
    } as const;
    expect(states({ ...sync, result: {} })).toEqual(['change done', 'compare done']);
    expect(states({ ...sync, result: { safetyBackupId: 'bk_1' } })).toEqual(['backup done', 'change done', 'compare done']);
    const running = { ...sync, status: 'running', progress: { ...sync.progress, phase: 'backup' } } as const;
    expect(states(running, ['backup'])).toEqual(['backup now', 'change ahead', 'compare ahead']);
  });
  test('a queued job is in none', () =>
    expect(states({ status: 'queued', progress: { phase: 'queued', done: 0, total: null, unit: 'rows' } })).toEqual([
      'plan ahead',
      'rows ahead',
      'manifest ahead',
    ]));
});

describe('records', () => {
  test('units come from the names', () => {
    expect([
      fieldText('sqlBytes', 12_345),
      fieldText('tookMs', 4_812),
      fieldText('rows', 50_012),
      fieldText('seed', 12345),
      fieldText('verified', true),
      fieldText('tables', ['a', 'b']),
    ]).toEqual(['12.3 kB', '4.8 s', '50,012', '12345', 'yes', 'a, b']);
    expect([fieldName('sqlBytes'), fieldName('tookMs'), fieldName('consistency')]).toEqual(['SQL bytes', 'Took', 'Consistency']);
  });
  test('a moment is told on the reader’s clock, with its zone', () => {
    const at = '2026-11-23T15:03:26.000Z';
    expect(fieldText('expiresAt', at)).toBe(exactTime(at));
    expect(fieldText('label', '2026-11-23')).toBe('2026-11-23');
  });
  test('a step’s detail is one line, long hashes cut, lists left out', () => {
    expect(detailLine({ sha256: 'a'.repeat(64), rows: 5, segments: [{}] })).toBe(`sha256 ${'a'.repeat(12)}… · rows 5`);
  });
});

describe('commands to paste', () => {
  const backup = { id: 'bk_1', database: 'DB', createdAt: '2026-11-23T08:15:00.123Z' };
  test('name the file as the server does', () => {
    expect(loadCommands(backup, 'http://127.0.0.1:8787').map(({ command }) => command)).toEqual([
      'gunzip -c DB-20261123T081500Z.sql.gz | sqlite3 restored.sqlite',
      'npx wrangler d1 execute NEW_DATABASE --remote --file=DB-20261123T081500Z.sql',
      'curl -fsS -H "Authorization: Bearer $LOCKKEEPER_TOKEN" -o DB-20261123T081500Z.sql.gz \'http://127.0.0.1:8787/api/v1/databases/DB/backups/bk_1/download?format=sql.gz\'',
    ]);
  });
  test('X3: no name can leave its place in the shell', () => {
    const evil = { ...backup, id: "b'; reboot; '", database: "DB'; rm -rf ~; '$(id)`id`" };
    for (const { command } of loadCommands(evil, 'http://127.0.0.1:8787')) {
      const outsideQuotes = command.replaceAll(/'[^']*'/g, '').replace('"Authorization: Bearer $LOCKKEEPER_TOKEN"', '');
      expect(outsideQuotes).not.toMatch(/[;$`&]|rm -rf|reboot/);
    }
  });
});
