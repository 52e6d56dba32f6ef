import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { roleOn as protocolRoleOn, ROLES, type Role } from '../../worker/protocol/access.ts';
import { parseLiveMessage } from '../api/live-socket.ts';
import { failureOf, retryAfterSeconds } from '../api/problem.ts';
import { denial, grantsDenial, roleAllows, roleOn } from './permissions.ts';
import { codeFromHash, safeReturn, signInPath } from './return-to.ts';

describe('X2: what a role may do from the console', () => {
  test.each([
    ['viewer', 'export', false],
    ['operator', 'export', true],
    ['operator', 'cancel', true],
    ['viewer', 'maintenance', false],
    ['operator', 'maintenance', true],
    ['operator', 'delete-backup', false],
    ['operator', 'manage-tokens', false],
    ['admin', 'delete-backup', true],
  ] as const)('X2: %s, %s: %s', (role, action, allowed) => {
    expect(roleAllows(role, action)).toBe(allowed);
    expect(denial(role, action) === null).toBe(allowed);
  });
  test('X2: a denial names the role that it takes', () => {
    expect(denial('viewer', 'delete-backup')).toContain('admin');
  });
});

describe('X2: roles for each database', () => {
  const grants = [
    { role: 'viewer' as Role, databases: ['DB', 'STAGING'] },
    { role: 'admin' as Role, databases: ['STAGING'] },
  ];
  test('X2: the console reckons as the server does, for every set of grants', () => {
    const databases = fc.option(fc.subarray(['DB', 'STAGING', 'LAB'], { minLength: 1 }));
    const any = fc.array(fc.record({ role: fc.constantFrom(...ROLES), databases }), { maxLength: 4 });
    fc.assert(
      fc.property(any, fc.constantFrom('DB', 'STAGING', 'LAB', 'OTHER', null), (some, database) => {
        expect(roleOn(some, database)).toBe(protocolRoleOn(some, database));
      }),
    );
  });
  test('X2: a denial names the database where the roles differ, and says nothing of it where they do not', () => {
    expect(grantsDenial(grants, 'export', 'STAGING')).toBeNull();
    expect(grantsDenial(grants, 'export', 'DB')).toBe('Needs the operator role on DB; yours there is viewer.');
    expect(grantsDenial(grants, 'export', 'LAB')).toBe('You have no role on LAB.');
    expect(grantsDenial([{ role: 'viewer', databases: null }], 'export', 'DB')).toBe('Needs the operator role; yours is viewer.');
    expect(grantsDenial([], 'export', 'DB')).toBe('You have no role.');
  });
  test('X2: what belongs to no database takes a role on all of them', () => {
    expect(grantsDenial(grants, 'manage-tokens', 'STAGING')).toBe('Needs the admin role on all databases; yours is for some.');
    expect(grantsDenial([{ role: 'admin', databases: null }], 'manage-tokens', '')).toBeNull();
  });
});

describe('the way back after signing in', () => {
  test.each([
    '//evil.example',
    '/\\evil.example',
    'https://evil.example',
    'javascript:alert(1)',
    '/a\u0000b',
    '',
    '/sign-in',
    '/sign-in?next=/sign-in',
    null,
  ])('%j leads home', (path) => {
    expect(safeReturn(path)).toBe('/');
  });
  test('a page of the console survives the round trip', () => {
    const path = '/DB/jobs?status=failed';
    expect(safeReturn(new URLSearchParams(signInPath(path).split('?')[1]).get('next'))).toBe(path);
    expect(signInPath('/')).toBe('/sign-in');
  });
  test('the code comes from the fragment only', () => {
    expect(codeFromHash('#code=ab%2Bc')).toBe('ab+c');
    expect([codeFromHash(''), codeFromHash('#code='), codeFromHash('#other=1')]).toEqual([null, null, null]);
  });
});

describe('failures', () => {
  test('Retry-After: seconds, a date, or nothing', () => {
    const now = Date.parse('2026-11-23T00:00:00Z');
    expect(['7', '0', 'Mon, 23 Nov 2026 00:00:10 GMT', 'soon', '', null].map((header) => retryAfterSeconds(header, now))).toEqual([
      7,
      0,
      10,
      null,
      null,
      null,
    ]);
  });
  test('a problem document keeps its code, hint and request', () => {
    const body = { type: 't', title: 'T', status: 409, code: 'illegal_transition', detail: 'D', hint: 'H', requestId: 'R' };
    expect(failureOf(409, body, null, 0)).toMatchObject({
      code: 'illegal_transition',
      title: 'T',
      detail: 'D',
      hint: 'H',
      requestId: 'R',
    });
  });
  test('an answer that is not ours says that, and a gateway’s reads as unreachable', () => {
    expect(failureOf(200, '<html>', null, 0).code).toBe('bad_answer');
    expect(failureOf(502, undefined, null, 0)).toMatchObject({ code: 'network', status: 502 });
    expect(failureOf(401, null, null, 0).code).toBe('unauthorized');
  });
  test('a live message of an unknown type, or no JSON at all, is nobody’s', () => {
    expect(parseLiveMessage('{"type":"goodbye","reason":"r","reconnectAfterMs":1}')).toMatchObject({ type: 'goodbye' });
    expect(['{"type":"later"}', '{"a":1}', 'null', '{', '7'].map(parseLiveMessage)).toEqual([null, null, null, null, null]);
  });
});
