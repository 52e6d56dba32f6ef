import { describe, expect, test } from 'vitest';
import { databasesInWords, grantsInWords } from './grants.ts';

describe('X2: roles in words', () => {
  test('a role on everything is one word; others say where', () => {
    expect(grantsInWords([{ role: 'admin', databases: null }])).toBe('admin');
    expect(
      grantsInWords([
        { role: 'viewer', databases: ['DB', 'STAGING'] },
        { role: 'admin', databases: ['LAB'] },
      ]),
    ).toBe('viewer on DB and STAGING; admin on LAB');
    expect(grantsInWords([])).toBe('no role');
  });
  test('a long list of databases is cut, and says by how much', () => {
    expect(databasesInWords(['A', 'B', 'C'])).toBe('A, B and C');
    expect(databasesInWords(['A', 'B', 'C', 'D', 'E'])).toBe('A, B and 3 more');
    expect(databasesInWords(null)).toBe('all databases');
  });
});
