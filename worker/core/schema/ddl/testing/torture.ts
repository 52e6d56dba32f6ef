/** Schemas that SQLite takes and that are easy to get wrong; each a list of statements. */

const long = 'n'.repeat(1000);
const quotes = `a"b""c'd\`e[f`;
const q = (name: string) => `"${name.replaceAll('"', '""')}"`;

export const TORTURE: readonly (readonly string[])[] = [
  ['CREATE TABLE t (a)'],
  [`CREATE TABLE "a b" ([c d] INT, \`e\`\`f\` TEXT, 'g''h' BLOB, "i""j" REAL)`],
  [
    'CREATE TABLE "select" ("from" INTEGER PRIMARY KEY, "where" TEXT, [order] INT, "group")',
    'CREATE INDEX "index" ON "select" ("where", [order] DESC)',
  ],
  [
    'CREATE TABLE key (abort, action, after, begin, cascade, "end", each, replace, row, rows, view, temp, first, last, over, filter, window, generated, always)',
  ],
  ['CREATE TABLE left (right INT, full TEXT, natural, cross CHECK (cross > 0))'],
  [`CREATE/**/TABLE--x\n t/*;*/(a/*,*/INT--)\n,b TEXT/*)*/DEFAULT/**/'--'/**/NOT/**/NULL)`],
  ['CREATE TABLE t AS SELECT 1 AS a, \'x\' AS "b c", 1.5 AS d, NULL AS e'],
  [
    'CREATE TABLE t (a UNSIGNED BIG INT, b VARCHAR ( 255 ), c decimal(10,2), d DECIMAL ( 10 , -2 ), e double   precision, f "my type", g NATIVE CHARACTER(70))',
  ],
  [
    'CREATE TABLE t (a INT, b GENERATED ALWAYS AS (a+1), c AS (a*2) STORED, d INT GENERATED ALWAYS AS (a || "x") VIRTUAL NOT NULL, e TEXT AS (lower(a)) UNIQUE)',
  ],
  [
    'CREATE TABLE t (a INTEGER CONSTRAINT pk PRIMARY KEY CONSTRAINT nn NOT NULL CONSTRAINT u UNIQUE CONSTRAINT d DEFAULT 1 CONSTRAINT c CHECK (a > 0) CONSTRAINT co COLLATE nocase)',
  ],
  [
    'CREATE TABLE p (x PRIMARY KEY)',
    'CREATE TABLE t (a, b, c, PRIMARY KEY (a) UNIQUE (b) CHECK (c > 0) FOREIGN KEY (c) REFERENCES p CONSTRAINT x UNIQUE (a, c))',
  ],
  ['CREATE TABLE t (a INTEGER PRIMARY KEY ASC)'],
  ['CREATE TABLE t (a INTEGER PRIMARY KEY DESC)'],
  ['CREATE TABLE t (a INTEGER, PRIMARY KEY (a DESC))'],
  ['CREATE TABLE t (a INTEGER, b, PRIMARY KEY (a DESC, b COLLATE NOCASE))'],
  ['CREATE TABLE t (a INT PRIMARY KEY)'],
  ['CREATE TABLE t ("a" "INTEGER" PRIMARY KEY)'],
  ['CREATE TABLE t (a INTEGER PRIMARY KEY ON CONFLICT REPLACE AUTOINCREMENT, b UNIQUE ON CONFLICT IGNORE)'],
  ['CREATE TABLE t (a INTEGER, b, PRIMARY KEY (a AUTOINCREMENT), UNIQUE (b) ON CONFLICT FAIL)'],
  ['CREATE TABLE t (a INTEGER NOT NULL NULL NOT NULL, b NULL)'],
  [
    "CREATE TABLE t (a DEFAULT -1, b DEFAULT +1.50, c DEFAULT 'it''s', d DEFAULT (1 + 2), e DEFAULT CURRENT_TIMESTAMP, f DEFAULT bare, g DEFAULT true, h DEFAULT x'aB', i DEFAULT NULL, j DEFAULT \"quoted\", k DEFAULT (unixepoch()), l DEFAULT - 0x10, m DEFAULT ('x'), n DEFAULT (-5), o DEFAULT 1e3, p DEFAULT .5, q DEFAULT 9223372036854775807, r DEFAULT -9223372036854775808)",
  ],
  [
    'CREATE TABLE t (a TEXT COLLATE NOCASE NOT NULL, b TEXT NOT NULL COLLATE "rtrim" DEFAULT \'x\', c COLLATE NOCASE COLLATE BINARY)',
  ],
  [
    'CREATE TABLE p (a INT, b INT, c INTEGER PRIMARY KEY, UNIQUE (a, b))',
    'CREATE TABLE "Q" (X PRIMARY KEY)',
    'CREATE TABLE t (a REFERENCES p, b REFERENCES P(C) ON DELETE CASCADE ON UPDATE SET NULL MATCH FULL, c REFERENCES q DEFERRABLE INITIALLY DEFERRED, d REFERENCES Q(x) NOT DEFERRABLE INITIALLY DEFERRED NOT NULL, e REFERENCES gone, f REFERENCES gone(z) ON DELETE RESTRICT DEFERRABLE INITIALLY IMMEDIATE, FOREIGN KEY (a, b) REFERENCES p (a, b) ON DELETE SET DEFAULT ON UPDATE NO ACTION DEFERRABLE, FOREIGN KEY (C) REFERENCES T (a))',
  ],
  [
    'CREATE TABLE p (a PRIMARY KEY)',
    'CREATE TABLE t (a REFERENCES p NOT NULL DEFERRABLE INITIALLY DEFERRED, b REFERENCES p DEFERRABLE)',
  ],
  ['CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT) STRICT'],
  ['CREATE TABLE t (a TEXT PRIMARY KEY, b ANY, c INT, d BLOB) WITHOUT ROWID, STRICT'],
  ['CREATE TABLE t (a TEXT, b ANY, PRIMARY KEY (b, a)) STRICT, WITHOUT ROWID'],
  ['CREATE TABLE t (a TEXT, b ANY, PRIMARY KEY (b, a)) STRICT'],
  ['CREATE TABLE t (a TEXT, b, PRIMARY KEY (b, a))'],
  ['CREATE TABLE t (a INTEGER COLLATE NOCASE, PRIMARY KEY (a COLLATE RTRIM DESC)) WITHOUT ROWID'],
  ['CREATE TABLE t (a INTEGER COLLATE NOCASE PRIMARY KEY DESC) WITHOUT ROWID'],
  ['CREATE TABLE t (a INTEGER, PRIMARY KEY (a COLLATE NOCASE)) WITHOUT ROWID'],
  ['CREATE TABLE t (a TEXT, PRIMARY KEY (a COLLATE NOCASE)) WITHOUT ROWID'],
  ['CREATE TABLE t (a TEXT, b TEXT, PRIMARY KEY (a, b, a)) WITHOUT ROWID'],
  [
    'CREATE TABLE t (a TEXT PRIMARY KEY UNIQUE, b UNIQUE, c, UNIQUE (b), UNIQUE (b COLLATE NOCASE), UNIQUE (b DESC), UNIQUE (c, b), UNIQUE (b, c), UNIQUE (a))',
  ],
  ['CREATE TABLE t (a TEXT PRIMARY KEY UNIQUE, b, UNIQUE (b DESC), UNIQUE (b)) WITHOUT ROWID'],
  ['CREATE TABLE t (a INTEGER PRIMARY KEY UNIQUE, b UNIQUE ON CONFLICT REPLACE, UNIQUE (b))'],
  ['CREATE TABLE t (a, b, c, PRIMARY KEY (\'a\'), UNIQUE ("b", [c]))'],
  [
    'CREATE TABLE "Users" ("Name" TEXT, age INT, CHECK ("users"."AGE" > 0), CHECK (name <> "nobody"), CONSTRAINT named CHECK (length(`name`) < 10 ON_ IS NULL))'.replace(
      ' ON_ IS NULL',
      '',
    ),
  ],
  [
    "CREATE TABLE t (a CHECK (a IN (1, 2, 3)), b CHECK (b BETWEEN 1 AND 2 AND b <> 5), c CHECK (c LIKE 'x%' ESCAPE '\\' OR c IS NULL), d CHECK (CASE d WHEN 1 THEN 2 ELSE 3 END), e CHECK (CAST(e AS VARCHAR ( 10 )) == 5), f CHECK (NOT f ISNULL), g CHECK (json_valid(g)) , h CHECK (h ->> '$.x' NOT NULL))",
  ],
  [
    'CREATE TABLE t (a TEXT, b INT)',
    'CREATE INDEX i1 ON t (a COLLATE NOCASE DESC, b ASC)',
    'CREATE UNIQUE INDEX IF NOT EXISTS i2 ON t (lower(a), b + 1) WHERE b > 0 AND a IS NOT NULL',
    'CREATE INDEX i3 ON t ((a))',
    "CREATE INDEX i4 ON t ('a', [b])",
    'CREATE INDEX i5 ON t (lower(a) COLLATE NOCASE DESC)',
    'CREATE INDEX i6 ON t (a COLLATE BINARY)',
    'CREATE INDEX "i 7" ON "T" ("A") WHERE "t"."B" = "x"',
  ],
  [
    'CREATE TABLE t (a TEXT COLLATE NOCASE)',
    'CREATE INDEX i1 ON t (a)',
    'CREATE INDEX i2 ON t (a COLLATE nocase)',
    'CREATE INDEX i3 ON t (a COLLATE binary)',
    'CREATE INDEX i4 ON t (a COLLATE nocase COLLATE rtrim)',
  ],
  [
    'CREATE TABLE t (a, b)',
    'CREATE VIEW v (x, "y z") AS WITH c AS (SELECT a FROM t), d(n) AS MATERIALIZED (SELECT 1 UNION ALL SELECT n + 1 FROM d WHERE n < 5) SELECT c.a, (SELECT count(*) FROM d) FROM c LEFT OUTER JOIN t USING (a) ORDER BY 1 DESC NULLS LAST LIMIT 5, 10',
    'CREATE VIEW w AS SELECT a AS "Total", * , t.* FROM t, (VALUES (1), (2)) u WHERE EXISTS (SELECT 1) GROUP BY a HAVING count(*) > 1',
    'CREATE VIEW x AS SELECT sum(a) FILTER (WHERE b) OVER (PARTITION BY b ORDER BY a ROWS BETWEEN 1 PRECEDING AND CURRENT ROW EXCLUDE TIES), row_number() OVER w FROM t WINDOW w AS (ORDER BY a)',
    'CREATE VIEW y AS VALUES (1, 2), (3, 4)',
  ],
  [
    'CREATE TABLE t (a, b)',
    'CREATE TABLE log (x)',
    'CREATE VIEW v AS SELECT * FROM t',
    "CREATE TRIGGER tr1 AFTER UPDATE OF a, \"b\" ON t FOR EACH ROW WHEN NEW.a <> OLD.a OR NEW.b IS NULL BEGIN INSERT INTO log VALUES ('; END;'); UPDATE log SET x = (SELECT max(a) FROM t) WHERE x = 1; DELETE FROM log WHERE x IN (SELECT a FROM t); SELECT RAISE(ABORT, 'no; way') WHERE NEW.a = 1; END",
    'CREATE TRIGGER tr2 INSTEAD OF DELETE ON v BEGIN SELECT RAISE(IGNORE); END',
    'CREATE TRIGGER tr3 DELETE ON t BEGIN INSERT OR REPLACE INTO log SELECT 1 WHERE true ON CONFLICT DO UPDATE SET x = excluded.x; REPLACE INTO log(x) VALUES (CASE WHEN 1 THEN 2 END); END',
    'CREATE TRIGGER IF NOT EXISTS tr4 BEFORE INSERT ON t BEGIN WITH x AS (SELECT 1) SELECT * FROM x; UPDATE OR IGNORE t SET (a, b) = (SELECT 1, 2) FROM log WHERE log.x = t.a; END',
  ],
  [
    'CREATE TABLE posts (id INTEGER PRIMARY KEY, title, body)',
    "CREATE VIRTUAL TABLE f USING fts5(title, body UNINDEXED, content='posts', content_rowid=id, tokenize = \"unicode61 tokenchars '-_'\", prefix='2 3', columnsize=0)",
    'CREATE VIRTUAL TABLE g USING FTS5([a b], "c", content="")',
    "CREATE VIRTUAL TABLE h USING fts5(x, tokenize='porter ascii')",
    'CREATE VIRTUAL TABLE r USING rtree(id, minX, maxX, +label TEXT)',
    'CREATE VIRTUAL TABLE fv USING fts5vocab(h, row)',
  ],
  [
    'CREATE TABLE t (a INT)',
    "ALTER TABLE t ADD COLUMN b TEXT DEFAULT 'x' NOT NULL",
    'ALTER TABLE t ADD c INT REFERENCES t(a) CHECK (c > 0)',
    'ALTER TABLE t RENAME COLUMN a TO "select"',
    'ALTER TABLE t RENAME TO "new name"',
    'CREATE INDEX i ON "new name" (b)',
    'ALTER TABLE "new name" RENAME TO u',
  ],
  [
    'CREATE TABLE p (id INTEGER PRIMARY KEY, x INT CHECK (p.x > 0))',
    'CREATE TABLE c (a REFERENCES p, b, FOREIGN KEY (b) REFERENCES "p"(id))',
    'CREATE TRIGGER t AFTER INSERT ON p BEGIN UPDATE c SET a = NEW.id; END',
    'CREATE VIEW v AS SELECT p.id FROM p',
    'ALTER TABLE p RENAME TO q',
    'ALTER TABLE q RENAME id TO Ident',
  ],
  ['CREATE TABLE t (a INT, b INT, c INT)', 'ALTER TABLE t DROP COLUMN b'],
  [
    `CREATE TABLE ${q(long)} (${q(long)} INTEGER PRIMARY KEY, ${q(`${long}2`)} TEXT REFERENCES ${q(long)})`,
    `CREATE INDEX ${q(`i${long}`)} ON ${q(long)} (${q(`${long}2`)})`,
  ],
  [
    `CREATE TABLE ${q(quotes)} (${q(quotes)} TEXT CHECK (${q(quotes)} <> 'x' AND ${q(quotes)}.${q(quotes)} > ''), ${q(`${quotes}!`)} AS (upper(${q(quotes)})))`,
    `CREATE INDEX ${q(`i${quotes}`)} ON ${q(quotes)} (${q(quotes)}) WHERE ${q(quotes)} > 1`,
  ],
  ['CREATE TABLE größe (ümlaut TEXT, "Ü" INT, emoji_😀 BLOB CHECK (ümlaut > 1 AND "Ü" < 2))'],
  ['CREATE TABLE t ("" TEXT, " " INT, "a\nb" INT)'],
  ['CREATE TABLE t (a INT, a2 INT, CHECK (a > 0), CHECK (a2 > 0 AND a <> 1 OR a2 IS NOT 5), UNIQUE (a2, a))'],
  ['CREATE TABLE t (rowid INT, oid INT, _rowid_ INT, CHECK (rowid > 0))', 'CREATE TABLE u (a CHECK ("rowid" > 0))'],
  ['CREATE TABLE t (a VARCHAR(+20), b FLOATING POINT, c CHARINT, d "INT(5)", e ANY)'],
  [
    "CREATE TABLE t (a DATE DEFAULT CURRENT_DATE, b TIME DEFAULT current_time, c DATETIME DEFAULT (datetime('now', 'localtime')), d TEXT DEFAULT (hex(randomblob(16))))",
  ],
  [
    'CREATE TABLE t (a INT CHECK (a = -(-1) AND - -a > ~-1 AND NOT NOT a AND (a, 1) = (1, 2) AND a IS NOT DISTINCT FROM 1 AND a IS DISTINCT FROM 2 AND (a IS TRUE) AND (a = 1) = (a = 1)))',
  ],
];
