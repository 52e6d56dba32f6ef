import { describe, expect, test } from 'vitest';
import { ClearParams, type Job } from '../../../worker/protocol/job.ts';
import type { Event as JobEvent } from '../../../worker/protocol/live.ts';
import { PlanRequest, type PlanSummary } from '../../../worker/protocol/plan.ts';
import { clearPlan } from '../../dev/fake-clear.ts';
import { fakeJob, fakeTables } from '../../dev/fixtures.ts';
import { phasesOf } from '../jobs/phases.ts';
import { safetyBackupOf } from '../jobs/safety-backup.ts';
import { clearable, newClearDraft, planOf } from './clear-draft.ts';
import { listed, lossInWords, subjectOf } from './standing-words.ts';

const now = Date.parse('2026-11-23T10:00:00.000Z');
const plan = (id: string, over: Partial<PlanSummary> = {}): PlanSummary => {
  const { statements, rehearsal: _rehearsal, ...stored } = clearPlan({ table: 'carts', dependents: 'clear' });
  return {
    ...stored,
    id,
    database: 'DB',
    kind: 'table.clear',
    hash: 'h',
    basis: 'b',
    createdAt: `2026-11-23T09:0${id}:00.000Z`,
    createdBy: 'ann',
    expiresAt: '2026-11-24T09:00:00.000Z',
    approval: { state: 'not-needed', requestedBy: null, requestedAt: null, decidedBy: null, decidedAt: null },
    jobId: null,
    statementCount: statements.length,
    ...over,
  };
};
const requestedBy = (who: string): Partial<PlanSummary> => ({
  approval: { state: 'requested', requestedBy: who, requestedAt: '2026-11-23T09:30:00.000Z', decidedBy: null, decidedAt: null },
});

describe('what is asked for', () => {
  test('X2: it begins with what loses least, and is what the API takes', () => {
    const request = PlanRequest.parse(planOf({ ...newClearDraft, table: 'carts' }));
    expect(request.secondPerson).toBe(false);
    expect(ClearParams.parse(request.params)).toEqual({
      table: 'carts',
      dependents: 'keep',
      resetSequence: false,
      safetyBackup: true,
    });
  });
  test('S4: what belongs to the platform or to a full-text table is not offered', () => {
    const offered = clearable(fakeTables(now));
    expect(offered.every(({ kind }) => kind === 'table')).toBe(true);
    expect(offered.map(({ name }) => name)).not.toContain('products_fts_data');
    expect(offered[0]?.name).toBe('customers');
    expect(offered.at(-1)?.rows).toBeNull();
  });
});

describe('the list of plans', () => {
  test('X2: what waits for oneself comes first, then what is open, then what was; one’s own request waits for another', () => {
    const plans = [
      plan('1', { jobId: 'job_1' }),
      plan('2'),
      plan('3', requestedBy('me')),
      plan('4', requestedBy('ann')),
      plan('5', { expiresAt: '2026-11-23T09:59:00.000Z' }),
    ];
    const order = (mayApprove: boolean) =>
      listed(plans, 'me', mayApprove, now).map(({ plan: { id }, standing, asksMe }) => `${id} ${standing}${asksMe ? ' me' : ''}`);
    expect(order(true)).toEqual(['4 requested me', '3 requested', '2 ready', '5 expired', '1 used']);
    expect(order(false)).toEqual(['4 requested', '3 requested', '2 ready', '5 expired', '1 used']);
  });
  test('J6: a plan that the database has overtaken is past, whatever was agreed', () => {
    const overtaken = plan('1', { approval: { ...plan('1').approval, state: 'void' } });
    expect(listed([overtaken], 'me', true, now)[0]).toMatchObject({ standing: 'void', asksMe: false });
  });
  test('the loss in numbers', () => {
    expect(lossInWords(plan('1'))).toMatch(/^[\d,]+ rows$/);
    const many = clearPlan({ table: 'customers', dependents: 'clear' });
    expect(lossInWords(many)).toMatch(/^[\d,]+ rows in 7 tables$/);
    expect(subjectOf(plan('1'))).toBe('carts');
  });
});

describe('R1: the safety backup of a job', () => {
  const job = (kind: Job['kind'], result: Job['result'] = null) => ({ kind, result });
  const made = [{ type: 'backup.created', data: { backup: { id: 'bk_7' } } }] as unknown as JobEvent[];
  test('is known from its event while the job runs, and from the result afterwards', () => {
    expect(safetyBackupOf(job('table.clear'), made)).toBe('bk_7');
    expect(safetyBackupOf(job('table.clear', { safetyBackupId: 'bk_8' }), [])).toBe('bk_8');
    expect(safetyBackupOf(job('table.clear', { safetyBackupId: null }), [])).toBeNull();
  });
  test('an export’s own backup is not one', () =>
    expect(safetyBackupOf(job('database.export', { backupId: 'bk_7' }), made)).toBeNull());
  test('without one, its phase is not shown as if it had been', () => {
    const phases = (params: Job['params']) =>
      phasesOf(
        fakeJob('j', 'table.clear', 'running', now, { params, progress: { phase: 'remove', done: 1, total: 9, unit: 'rows' } }),
        [],
      );
    expect(phases({}).map(({ name, state }) => `${name} ${state}`)).toEqual([
      'check done',
      'backup done',
      'remove now',
      'prove ahead',
    ]);
    expect(phases({ safetyBackup: false }).map(({ name }) => name)).toEqual(['check', 'remove', 'prove']);
  });
});
