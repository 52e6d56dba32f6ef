import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { countsOf, TABLES } from './shop.ts';

test('the data dictionary names every table with its rows', () => {
  const readme = readFileSync(`${import.meta.dirname}/../README.md`, 'utf8');
  const said = new Map<string, number>();
  for (const [, names = '', rows = ''] of readme.matchAll(/^\| ((?:`[^`]+`(?:, )?)+) \| ([\d,– ]+) \|/gm)) {
    const counts = rows.split(', ').map((count) => Number(count.replace(',', '')));
    for (const [n, name] of [...names.matchAll(/`([^`]+)`/g)].entries()) said.set(name[1] ?? '', counts[n] ?? Number.NaN);
  }
  said.delete('products_fts');
  expect(Object.fromEntries(said)).toEqual(countsOf(50_000));
  expect(said.size).toBe(TABLES.length);
});
