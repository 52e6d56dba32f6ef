import { describe, expect, test } from 'vitest';
import { type Role, roleOn } from '../protocol/access.ts';
import { type Asserted, grantsOf, type Roles, readRoles } from './role-map.ts';

const roles = (value: unknown): Roles => {
  const result = readRoles(JSON.stringify(value));
  if (!result.ok) throw new Error(result.problem);
  return result.roles;
};
const who = (more: Partial<Asserted>): Asserted => ({ email: null, service: null, groups: [], ...more });
const rolesOn = (map: Roles, asserted: Partial<Asserted>, databases: readonly (string | null)[]) =>
  databases.map((database) => roleOn(grantsOf(map, who(asserted)), database));

describe('X2: ACCESS_ROLES gives roles for each database', () => {
  const MAP = roles({
    'Ann@Example.com': 'admin',
    'bob@example.com': { role: 'admin', databases: ['DB'] },
    'group:Staff': 'viewer',
    'group:DBA': [
      { role: 'operator', databases: ['DB', 'STAGING'] },
      { role: 'admin', databases: ['STAGING'] },
    ],
    'group:Ops@Example.com': { role: 'operator', databases: null },
    'service:abc.access': { role: 'operator', databases: ['DB'] },
    '*': { role: 'viewer', databases: ['STAGING'] },
  });

  test.each<[string, Partial<Asserted>, (Role | null)[]]>([
    ['a mail address, whatever its case', { email: 'ANN@example.com' }, ['admin', 'admin', 'admin']],
    ['some databases only', { email: 'bob@example.com' }, ['admin', null, null]],
    ['the strongest for each', { groups: ['DBA'] }, ['operator', 'admin', null]],
    ['of several groups', { groups: ['Staff', 'DBA'] }, ['operator', 'admin', 'viewer']],
    ['of address and group', { email: 'bob@example.com', groups: ['Staff', 'DBA'] }, ['admin', 'admin', 'viewer']],
    ['a group by address', { groups: ['ops@example.com'] }, ['operator', 'operator', 'operator']],
    ['the name of a group exactly', { groups: ['dba', 'staff'] }, [null, 'viewer', null]],
    ['a service token', { service: 'abc.access' }, ['operator', null, null]],
    ['everybody else', { email: 'eve@example.com' }, [null, 'viewer', null]],
    ['not the star for whom another key names', { service: 'abc.access', groups: ['nobody'] }, ['operator', null, null]],
    ['an address is no group', { email: 'group:DBA' }, [null, 'viewer', null]],
    ['a service token is no person', { service: 'ann@example.com' }, [null, 'viewer', null]],
    ['a group is no person', { groups: ['ann@example.com', '*'] }, [null, 'viewer', null]],
  ])('%s', (_, asserted, wanted) => {
    expect(rolesOn(MAP, asserted, ['DB', 'STAGING', null])).toEqual(wanted);
  });

  test('without a star, who is not named has nothing; without any, everybody looks', () => {
    expect(grantsOf(roles({ 'ann@example.com': 'admin' }), who({ email: 'eve@example.com' }))).toEqual([]);
    expect(grantsOf(roles({}), who({ email: 'eve@example.com' }))).toEqual([]);
    for (const text of ['', '  ']) {
      const result = readRoles(text);
      expect(result.ok && grantsOf(result.roles, who({ email: 'eve@example.com' }))).toEqual([{ role: 'viewer', databases: null }]);
    }
  });
});

describe('X1: what cannot be read lets nobody in', () => {
  test.each<[string, string]>([
    ['no JSON', '{'],
    ['no object', '["admin"]'],
    ['a number', '7'],
    ['an unknown role', '{"ann@example.com":"root"}'],
    ['a name without a kind', '{"ann":"admin"}'],
    ['an empty group', '{"group:":"admin"}'],
    ['an unknown field', '{"*":{"role":"viewer","database":["DB"]}}'],
    ['no databases', '{"*":{"role":"viewer","databases":[]}}'],
    ['a database that is no name', '{"*":{"role":"viewer","databases":[7]}}'],
    ['no grant', '{"*":[]}'],
    ['one bad among good', '{"ann@example.com":"admin","*":"everything"}'],
  ])('%s', (_, text) => {
    const result = readRoles(text);
    expect(result.ok).toBe(false);
    expect(!result.ok && result.problem).not.toBe('');
  });
});
