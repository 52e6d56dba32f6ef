import { afterEach, expect, test, vi } from 'vitest';
import { log } from './log.ts';

afterEach(() => void vi.restoreAllMocks());

test('A1: a secret that somebody has put where an id belongs does not stay in the log', () => {
  const lines: string[] = [];
  for (const level of ['info', 'warn', 'error'] as const)
    vi.spyOn(console, level).mockImplementation((line) => void lines.push(line));
  const secrets = [`lkt_${'a'.repeat(43)}`, 'lks_abc-DEF_123456', 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln'];
  for (const secret of secrets) {
    log('info', 'request', { method: 'DELETE', path: `/api/v1/tokens/${secret}`, status: 404 });
    log('warn', `no such thing ${secret}`, { error: new Error(`there is no token ${secret}`), subject: secret });
    log('error', 'x', { error: secret, jobId: `${secret} and more` });
  }
  expect(lines).toHaveLength(9);
  for (const line of lines) {
    expect(JSON.parse(line)).toHaveProperty('message');
    for (const secret of secrets) expect(line).not.toContain(secret);
  }
});
