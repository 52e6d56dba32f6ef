import { describe, expect, test } from 'vitest';
import { claimAt, groupNames } from './claims.ts';

describe('where an assertion names groups', () => {
  test.each<[string, unknown]>([
    ['groups', ['a']],
    ['custom.groups', ['b']],
    ['custom.https://example.com/groups', ['c']],
    ['https://example.com/groups', ['d']],
    ['dotted.name', ['e']],
    ['custom', { groups: ['b'], 'https://example.com/groups': ['c'] }],
    ['nothing', undefined],
    ['custom.nothing', undefined],
    ['groups.0', undefined],
    ['', undefined],
    ['.', undefined],
    ['__proto__', undefined],
    ['constructor.name', undefined],
    ['custom.toString', undefined],
  ])('%j', (path, wanted) => {
    const claims = {
      groups: ['a'],
      custom: { groups: ['b'], 'https://example.com/groups': ['c'] },
      'https://example.com/groups': ['d'],
      'dotted.name': ['e'],
      dotted: { name: ['f'] },
    };
    expect(claimAt(claims, path)).toEqual(wanted);
  });
});

describe('in which form', () => {
  test.each<[string, unknown, string[]]>([
    ['names', ['DBA', 'Staff'], ['DBA', 'Staff']],
    ['one name', 'DBA', ['DBA']],
    ['objects', [{ id: '7', name: 'DBA', email: 'dba@example.com' }, { name: 'Staff' }], ['7', 'DBA', 'dba@example.com', 'Staff']],
    ['one object', { id: '7' }, ['7']],
    ['a mixture with rubbish', ['a', 7, null, [['b']], { id: 7, name: 'c' }, '', true], ['a', 'c']],
    ['nothing', undefined, []],
  ])('%s', (_, claim, wanted) => {
    expect(groupNames(claim)).toEqual(wanted);
  });
});
