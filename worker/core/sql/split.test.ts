import { describe, expect, test } from 'vitest';
import { statements } from './split.ts';

const split = (text: string) => [...statements(text)].map(({ sql }) => sql);

const TRIGGER = `CREATE TRIGGER t AFTER UPDATE OF a ON x WHEN CASE new.a WHEN 1 THEN 0 ELSE 1 END
BEGIN
  UPDATE x SET b = CASE WHEN new.b IS NULL THEN 'END; ;' ELSE "end" END;
  -- END;
  SELECT CASE 1 WHEN 1 THEN 2 END; /* ; END; */
END`;

describe('statements', () => {
  test.each<[string, string, string[]]>([
    ['nothing', '', []],
    ['space and comments only', ' \n-- a; b\n/* c; */ ;;', []],
    ['the last one without an end', 'SELECT 1; SELECT 2', ['SELECT 1', 'SELECT 2']],
    ['strings', `SELECT ';', 'it''s;', ''';'; SELECT 2;`, [`SELECT ';', 'it''s;', ''';'`, 'SELECT 2']],
    ['quoted names', 'SELECT "a;""b", `c;``d`, [e;"f]; SELECT 2;', ['SELECT "a;""b", `c;``d`, [e;"f]', 'SELECT 2']],
    [
      'comments inside',
      'SELECT 1 -- no; end\n, 2 /* nor; here */; SELECT 3;',
      ['SELECT 1 -- no; end\n, 2 /* nor; here */', 'SELECT 3'],
    ],
    ['a comment that looks like minus', 'SELECT 1 - -1; SELECT 2--;\n;', ['SELECT 1 - -1', 'SELECT 2--;']],
    ['a division', 'SELECT 4/2; SELECT 1;', ['SELECT 4/2', 'SELECT 1']],
    ['blobs and numbers', "SELECT x'3b', 1e5, .5; SELECT 0x3B;", ["SELECT x'3b', 1e5, .5", 'SELECT 0x3B']],
    ['a trigger', `${TRIGGER};SELECT 1;`, [TRIGGER, 'SELECT 1']],
    [
      'a temporary trigger in small letters',
      `${TRIGGER.replace('CREATE', 'create temp')} ; SELECT 1`,
      [TRIGGER.replace('CREATE', 'create temp'), 'SELECT 1'],
    ],
    ['an explained trigger', `EXPLAIN QUERY PLAN ${TRIGGER};SELECT 1;`, [`EXPLAIN QUERY PLAN ${TRIGGER}`, 'SELECT 1']],
    [
      'a comment between CREATE and TRIGGER',
      `CREATE /* ; */ TRIGGER${TRIGGER.slice(14)};SELECT 1;`,
      [`CREATE /* ; */ TRIGGER${TRIGGER.slice(14)}`, 'SELECT 1'],
    ],
    [
      'a table named trigger',
      'CREATE TABLE "trigger" (a); CREATE TABLE b (c);',
      ['CREATE TABLE "trigger" (a)', 'CREATE TABLE b (c)'],
    ],
    ['a transaction', 'BEGIN; SELECT 1; END;', ['BEGIN', 'SELECT 1', 'END']],
    ['CASE outside of a trigger', 'SELECT CASE 1 WHEN 1 THEN 2 END; SELECT 2;', ['SELECT CASE 1 WHEN 1 THEN 2 END', 'SELECT 2']],
    ['line ends of DOS', 'SELECT 1;\r\nSELECT 2;\r\n', ['SELECT 1', 'SELECT 2']],
    ['names beyond ASCII', 'SELECT é;SELECT 日本;', ['SELECT é', 'SELECT 日本']],
  ])('%s', (_, text, wanted) => expect(split(text)).toEqual(wanted));

  test.each([
    ['a string', "SELECT 'a; SELECT 2;"],
    ['a name', 'SELECT "a;'],
    ['a trigger', 'CREATE TRIGGER t AFTER INSERT ON x BEGIN SELECT 1; SELECT CASE 1 WHEN 1 THEN 1 END;'],
  ])('%s that is cut off is not complete', (_, text) => {
    const found = [...statements(text)];
    expect(found).toHaveLength(1);
    expect(found[0]?.complete).toBe(false);
  });
});
