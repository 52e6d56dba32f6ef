/** Which words SQLite takes as names without quotes: every keyword that its grammar does not let fall back to one is reserved. */

const words = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/).filter((word) => word !== ''));

const RESERVED = words(`
  ADD ALL ALTER AND AS AUTOINCREMENT BETWEEN CASE CHECK COLLATE COMMIT CONSTRAINT CREATE DEFAULT DEFERRABLE DELETE DISTINCT DROP
  ELSE ESCAPE EXCEPT EXISTS FOREIGN FROM GROUP HAVING IN INDEX INSERT INTERSECT INTO IS ISNULL LIMIT NOT NOTHING NOTNULL NULL ON OR
  ORDER PRIMARY REFERENCES RETURNING SELECT SET TABLE THEN TO TRANSACTION UNION UNIQUE UPDATE USING VALUES WHEN WHERE JOIN`);

/** Names where a table or function is named, but not where a bare alias may stand. */
const JOIN_WORDS = words('CROSS FULL INNER LEFT NATURAL OUTER RIGHT INDEXED');

/** Words with a meaning of their own in an expression: unquoted they are no column. */
const LITERAL_WORDS = words('NULL TRUE FALSE CURRENT_DATE CURRENT_TIME CURRENT_TIMESTAMP');

/** Names to SQLite, but a reader stumbles, and some of SQLite's own rewriting does: quoted in what we write. */
const AWKWARD = words(`
  ABORT ACTION AFTER ALWAYS ANALYZE ASC ATTACH BEFORE BEGIN BY CASCADE CAST COLUMN CONFLICT CURRENT DATABASE DEFERRED DESC DETACH DO
  EACH END EXCLUDE EXCLUSIVE EXPLAIN FAIL FILTER FIRST FOLLOWING FOR GENERATED GLOB GROUPS IF IGNORE IMMEDIATE INITIALLY INSTEAD KEY
  LAST LIKE MATCH MATERIALIZED NO NULLS OF OFFSET OTHERS OVER PARTITION PLAN PRAGMA PRECEDING QUERY RAISE RANGE RECURSIVE REGEXP
  REINDEX RELEASE RENAME REPLACE RESTRICT ROLLBACK ROW ROWS SAVEPOINT TEMP TEMPORARY TIES TRIGGER UNBOUNDED VACUUM VIEW VIRTUAL WINDOW
  WITH WITHIN WITHOUT`);

export const isReservedWord = (upper: string): boolean => RESERVED.has(upper);
export const isJoinWord = (upper: string): boolean => JOIN_WORDS.has(upper);
export const isLiteralWord = (upper: string): boolean => LITERAL_WORDS.has(upper);

/** Whether the name can stand without quotes and mean the same everywhere. */
export function isPlainName(name: string): boolean {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return false;
  const upper = name.toUpperCase();
  return !RESERVED.has(upper) && !JOIN_WORDS.has(upper) && !LITERAL_WORDS.has(upper) && !AWKWARD.has(upper);
}
