import { describe, expect, test } from 'vitest';
import type { Hazard, Plan, PlanStatement } from '../../worker/protocol/plan.ts';
import {
  batchesOf,
  canSilence,
  columnId,
  effectsInWords,
  fillIds,
  holdsTogether,
  remarksOf,
  scriptOf,
  standingOf,
  worstFirst,
} from './plan-words.ts';

const NOW = Date.parse('2026-11-23T12:00:00Z');
const statement = (n: number, step: number, over: Partial<PlanStatement> = {}): PlanStatement => ({
  n,
  step,
  sql: `SELECT ${n}`,
  reason: `reason ${n}`,
  risk: 'safe',
  table: null,
  rows: 0,
  inverse: null,
  cost: null,
  ...over,
});
const hazard = (level: Hazard['level'], over: Partial<Hazard> = {}): Hazard => ({
  code: 'x',
  level,
  message: '',
  hint: '',
  table: null,
  column: null,
  samples: [],
  ...over,
});
type Part = Parameters<typeof standingOf>[0];
const plan = (over: Partial<Part> & { approvalState?: Plan['approval']['state'] } = {}): Part => ({
  jobId: null,
  expiresAt: '2026-11-23T13:00:00Z',
  hazards: [],
  rehearsal: null,
  ...over,
  approval: { state: over.approvalState ?? 'not-needed', requestedBy: null, requestedAt: null, decidedBy: null, decidedAt: null },
});

describe('J6: how a plan stands', () => {
  test.each([
    ['ready', {}],
    ['ready', { approvalState: 'approved' }],
    ['used', { jobId: 'job', expiresAt: '2026-11-23T11:00:00Z' }],
    ['expired', { expiresAt: '2026-11-23T12:00:00Z', approvalState: 'approved' }],
    ['void', { approvalState: 'void', hazards: [hazard('stop')] }],
    ['stopped', { hazards: [hazard('warning'), hazard('stop')], approvalState: 'wanted' }],
    ['unproven', { rehearsal: { state: 'failed', tookMs: 1, rows: 1, inverseProven: null, findings: [] } }],
    ['wanted', { approvalState: 'wanted' }],
    ['requested', { approvalState: 'requested' }],
    ['declined', { approvalState: 'declined' }],
  ] as const)('J6: %s', (standing, over) => {
    expect(standingOf(plan(over as Parameters<typeof plan>[0]), NOW)).toBe(standing);
  });
});

describe('hazards', () => {
  test('the worst stands first; equal ones keep their order', () => {
    const list = [
      hazard('note'),
      hazard('warning', { code: 'a' }),
      hazard('stop'),
      hazard('warning', { code: 'b' }),
      hazard('danger'),
    ];
    expect(worstFirst(list).map(({ level, code }) => `${level} ${code}`)).toEqual([
      'stop x',
      'danger x',
      'warning a',
      'warning b',
      'note x',
    ]);
  });
  test('S1: only a remark can be answered away; rows without a value can be given one', () => {
    expect([canSilence(hazard('warning')), canSilence(hazard('danger')), canSilence(hazard('stop'))]).toEqual([true, false, false]);
    expect(fillIds(hazard('stop', { code: 'rows_violate_not_null', table: 'T', column: 'c' }), [])).toEqual(['column:t.c']);
    expect(fillIds(hazard('stop', { code: 'rows_violate_unique', table: 't', column: 'c' }), ['column:t.c'])).toEqual([]);
    const refused = hazard('stop', { code: 'fill_invalid', message: 'The expression for column:t.c cannot be used: no.' });
    expect(fillIds(refused, ['column:t.c', 'column:t.d'])).toEqual(['column:t.c']);
    expect(columnId('Users', 'E-Mail Ä')).toBe('column:users.e-mail Ä');
  });
});

describe('the SQL', () => {
  const statements = [
    statement(0, 0),
    statement(1, 2, { sql: 'SELECT 1;\n' }),
    statement(2, 0, { reason: 'two\nlines; DROP TABLE t' }),
  ];
  test('statements of one step are one batch, in the order of the steps', () => {
    expect(batchesOf(statements).map(({ step, statements: list }) => [step, list.map(({ n }) => n)])).toEqual([
      [0, [0, 2]],
      [2, [1]],
    ]);
  });
  test('X3: no reason ends its comment: what is copied runs as it is shown', () => {
    const script = scriptOf(statements);
    expect(script).toContain('-- two lines; DROP TABLE t\nSELECT 2;\n');
    expect(script.split('\n').filter((line) => line.startsWith('DROP'))).toEqual([]);
    expect(script).toContain('SELECT 1;\n');
    expect(script).not.toContain(';;');
  });

  test('what is run in slices says so', () => {
    const copy = statement(1, 1, { slice: { part: 'copy', table: 't' } });
    const statements = [statement(0, 0, { slice: { part: 'prepare', table: null } }), copy];
    expect(holdsTogether([copy])).toBe('in slices, each slice one transaction');
    expect(holdsTogether([statement(0, 0)])).toBe('one transaction, all of it or nothing');
    expect(scriptOf(statements)).toContain('-- batch 2 of 2: in slices, each slice one transaction\n');
    expect(scriptOf(statements)).toContain('-- batch 1 of 2: one transaction\n');
  });
});

test('S2: what will happen begins with the rows', () => {
  const predicted = {
    tables: [],
    rowsRemoved: 0,
    rowsChanged: 0,
    rowsRead: 12_000,
    rowsWritten: 3,
    hold: null,
    safetyBackup: false,
  };
  const words = effectsInWords({ statements: [statement(0, 0)], predicted, params: {} });
  expect(words[0]).toBe('No row is removed or changed.');
  expect(words[1]).toBe('1 statement in one batch: all of it happens, or nothing.');
  expect(words[2]).toContain('12,000');
  const drops = effectsInWords({ statements: [statement(0, 0, { risk: 'loses data' })], predicted, params: {} });
  const fills = effectsInWords({ statements: [], predicted, params: { fill: { 'column:a.b': '1' } } });
  expect(fills.slice(0, 2)).toEqual(['No row is removed.', 'Rows get the value that you gave in a.b.']);
  expect(drops[0]).toBe('Data is lost: 1 statement drops something with all that is in it.');
  const loses = effectsInWords({
    statements: [],
    params: {},
    predicted: { ...predicted, rowsRemoved: 1, hold: 'read-only', safetyBackup: true },
  });
  expect(loses[0]).toBe('1 row is removed, none is changed.');
  expect(loses.join(' ')).toContain('read-only');
});

describe('remarks', () => {
  test('that say the same of several tables stand together, worst first', () => {
    const of = (level: Hazard['level'], code: string, table: string) => hazard(level, { code, table, hint: code });
    const hazards = [of('note', 'n', 'a'), of('danger', 'd', 'a'), of('danger', 'd', 'b'), of('stop', 'd', 'c')];
    expect(remarksOf(hazards).map((same) => same.map(({ level, table }) => `${level} ${table}`))).toEqual([
      ['stop c'],
      ['danger a', 'danger b'],
      ['note a'],
    ]);
  });

  test('with rows of their own, or about a column that can be given a value, stay apart', () => {
    const samples = [{ id: '1' }];
    expect(remarksOf([hazard('stop', { table: 'a', samples }), hazard('stop', { table: 'b', samples })])).toHaveLength(2);
    expect(remarksOf([hazard('stop', { table: 'a', column: 'x' }), hazard('stop', { table: 'a', column: 'y' })])).toHaveLength(2);
  });
});
