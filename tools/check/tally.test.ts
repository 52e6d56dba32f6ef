import { expect, test } from 'vitest';
import { add, finalLine, tally } from './tally.ts';

const file = (status: string, ...statuses: string[]) => ({
  name: 'x.test.ts',
  status,
  assertionResults: statuses.map((each) => ({ status: each })),
});
const report = (...testResults: ReturnType<typeof file>[]) => ({ success: true, testResults });

test('passed, failed and skipped tests are counted', () => {
  const counted = tally(report(file('passed', 'passed', 'passed', 'pending'), file('failed', 'failed', 'passed', 'todo')), 1);
  expect(counted).toEqual({ passed: 3, failed: 1, skipped: 2 });
});

test('a file that cannot be loaded is a failure', () => {
  expect(tally(report(file('failed'), file('passed', 'passed')), 1)).toEqual({ passed: 1, failed: 1, skipped: 0 });
});

test.each([
  ['an exit code that no test explains', report(file('passed', 'passed')), 1, { passed: 1, failed: 1, skipped: 0 }],
  ['a crash without a report', null, null, { passed: 0, failed: 1, skipped: 0 }],
  ['no tests at all', report(), 0, { passed: 0, failed: 1, skipped: 0 }],
])('%s is a failure', (_, given, exitCode, expected) => {
  expect(tally(given, exitCode)).toEqual(expected);
});

test('the final line is plain, with the skipped ones only when there are some', () => {
  expect(finalLine({ passed: 12, failed: 0, skipped: 0 })).toBe('12 passed, 0 failed');
  expect(finalLine(add({ passed: 1, failed: 1, skipped: 1 }, { passed: 2, failed: 0, skipped: 2 }))).toBe(
    '3 passed, 1 failed, 3 skipped',
  );
});
