import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { JOB_STATUSES, type JobStatus } from '../../protocol/job.ts';
import { type Command, FOLLOWS, type Life, transition } from './machine.ts';

const error = { code: 'internal', message: 'it broke', hint: 'look', retryable: false };
const LIVES: Record<JobStatus, Life> = {
  queued: { status: 'queued', attempt: 1 },
  running: { status: 'running', attempt: 1, startedAt: 5 },
  cancelling: { status: 'cancelling', attempt: 1, startedAt: 5 },
  succeeded: { status: 'succeeded', attempt: 1, startedAt: 5, finishedAt: 9 },
  failed: { status: 'failed', attempt: 1, startedAt: 5, finishedAt: 9, error },
  cancelled: { status: 'cancelled', attempt: 1, startedAt: null, finishedAt: 9 },
};
const COMMANDS: Command[] = [
  { do: 'start', at: 10 },
  { do: 'cancel', at: 10, actor: 'ann' },
  { do: 'succeed', at: 10, summary: 'Done.' },
  { do: 'fail', at: 10, error },
  { do: 'stop', at: 10 },
  { do: 'retry', actor: 'ann' },
];

describe('J8: one pure function knows the legal transitions', () => {
  const legal: [JobStatus, Command['do'], JobStatus][] = [
    ['queued', 'start', 'running'],
    ['queued', 'cancel', 'cancelled'],
    ['queued', 'fail', 'failed'],
    ['running', 'cancel', 'cancelling'],
    ['running', 'succeed', 'succeeded'],
    ['running', 'fail', 'failed'],
    ['cancelling', 'succeed', 'succeeded'],
    ['cancelling', 'fail', 'failed'],
    ['cancelling', 'stop', 'cancelled'],
    ['failed', 'retry', 'queued'],
    ['cancelled', 'retry', 'queued'],
  ];

  test.each(JOB_STATUSES.flatMap((from) => COMMANDS.map((command) => [from, command.do, command] as const)))(
    '%s, told to %s',
    (from, what, command) => {
      const expected = legal.find(([status, doing]) => status === from && doing === what)?.[2];
      const change = transition(LIVES[from], command);
      expect(change.ok ? change.life.status : 'refused').toBe(expected ?? 'refused');
      expect(change.ok ? change.reason : change.why).not.toBe('');
    },
  );

  test('FOLLOWS says the same', () => {
    const reached = Object.fromEntries(
      JOB_STATUSES.map((from) => [from, new Set(legal.filter(([f]) => f === from).map(([, , to]) => to))]),
    );
    for (const from of JOB_STATUSES) expect(new Set(FOLLOWS[from])).toEqual(reached[from]);
  });

  test('whatever is said in whatever order: attempts only grow by retries, and what is over has an end', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...COMMANDS), { maxLength: 40 }), (commands) => {
        let life: Life = LIVES.queued;
        let retries = 0;
        for (const command of commands) {
          const change = transition(life, command);
          if (!change.ok) continue;
          expect(FOLLOWS[life.status]).toContain(change.life.status);
          if (command.do === 'retry') retries += 1;
          life = change.life;
          expect(life.attempt).toBe(1 + retries);
          expect('finishedAt' in life).toBe(['succeeded', 'failed', 'cancelled'].includes(life.status));
        }
      }),
    );
  });

  test('J5: what finished while it was being cancelled says so', () => {
    const change = transition(LIVES.cancelling, { do: 'succeed', at: 10, summary: 'Done.' });
    expect(change.ok && change.reason).toMatch(/before it could be cancelled/);
  });
});
