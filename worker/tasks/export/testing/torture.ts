/** One database with one of everything that has ever gone wrong in a dump. Plain statements: they run on D1 and on any SQLite. */

export const LONG_NAME = `a name of a thousand characters ${'é'.repeat(969)}`;
const hundred = (of: (n: number) => string) => Array.from({ length: 100 }, (_, n) => of(n)).join(', ');

/** Values of every storage class, as SQL. */
export const EVERY_VALUE: readonly string[] = [
  'NULL',
  '0',
  '9223372036854775807',
  '-9223372036854775808',
  '9007199254740993',
  '1.0',
  '-0.0',
  '0.0',
  '0.1',
  '0.1+0.2',
  '9e999',
  '-9e999',
  '1e308*1.7976931348623157',
  '4.9406564584124654e-324',
  '-2.2250738585072014e-308',
  '1.0/3',
  '2.0/3e10',
  '1e15/7',
  '-1e18/7',
  '5e-9/7',
  '1e23',
  "''",
  "'it''s'",
  "'line' || char(10) || 'feed'",
  "'dos' || char(13,10) || 'end'",
  "'nul' || char(0) || 'inside'",
  'char(0)',
  "'日本語 ünïcode 😀'",
  'char(1)',
  'char(2)',
  "'real ' || char(65533)",
  "CAST(x'ff' AS TEXT)",
  "CAST(x'61c328' AS TEXT)",
  "CAST(x'eda080' AS TEXT)",
  "x''",
  "x'00ff0d0a27'",
  "'); DROP TABLE everything; --'",
  "'1'",
  "'1.0'",
];

const TYPES = ['', 'INTEGER', 'TEXT', 'REAL', 'BLOB', 'NUMERIC'] as const;

const RELATIONS: readonly string[] = [
  // The child first, and rows that refer forwards.
  'CREATE TABLE child (id INTEGER PRIMARY KEY, parent TEXT NOT NULL REFERENCES parent(code) ON UPDATE CASCADE ON DELETE CASCADE)',
  'CREATE TABLE parent (code TEXT PRIMARY KEY NOT NULL, rank REAL)',
  'CREATE TABLE person (id INTEGER PRIMARY KEY, boss INTEGER REFERENCES person ON DELETE SET NULL, name TEXT)',
  'CREATE TABLE department (id INTEGER PRIMARY KEY, head INTEGER NOT NULL REFERENCES employee(id))',
  'CREATE TABLE employee (id INTEGER PRIMARY KEY, department INTEGER NOT NULL REFERENCES department(id))',
  "INSERT INTO parent VALUES ('a', 1.5), ('b', NULL), ('it''s', -0.0)",
  "INSERT INTO child VALUES (1, 'b'), (2, 'a'), (-5, 'it''s')",
  "INSERT INTO person VALUES (1, 2, 'Ann'), (2, 3, 'Bob'), (3, NULL, 'Cem'), (4, 4, 'Dot')",
  'INSERT INTO department VALUES (1, 10), (2, 20)',
  'INSERT INTO employee VALUES (10, 2), (20, 1), (30, 1)',
];

const SHAPES: readonly string[] = [
  'CREATE TABLE counted (id INTEGER PRIMARY KEY AUTOINCREMENT, note TEXT)',
  'CREATE TABLE "counted, empty" (id INTEGER PRIMARY KEY AUTOINCREMENT)',
  "INSERT INTO counted VALUES (1, 'one'), (900, 'nine hundred'), (7, 'seven')",
  'DELETE FROM counted WHERE id = 900',
  'INSERT INTO "counted, empty" VALUES (41)',
  'DELETE FROM "counted, empty"',
  "CREATE TABLE exact (id INTEGER PRIMARY KEY, big INT NOT NULL, price REAL, any_value ANY, bytes BLOB, total REAL AS (price * big) STORED, label TEXT AS (big || '!')) STRICT",
  "INSERT INTO exact(id, big, price, any_value, bytes) VALUES (1, 9007199254740993, 0.1, 1.0, x'00'), (2, -1, 2, '1.0', NULL), (3, 0, 9e999, -0.0, x'')",
  'CREATE TABLE keyed (a TEXT COLLATE NOCASE, b, c REAL, "group" TEXT CHECK ("group" <> \'\'), PRIMARY KEY (b DESC, a, c COLLATE BINARY)) WITHOUT ROWID',
  "INSERT INTO keyed VALUES ('x', 1, 1.5, 'g'), ('X2', 1, 1.5, 'g'), ('a', 1.0, 2.5, NULL), ('b', '1', 1, 'g'), ('', x'31', 0, 'h'), ('c', -9e999, 0.1, 'i')",
  'CREATE TABLE "sh""adowed" (rowid, _rowid_, oid TEXT)',
  "INSERT INTO \"sh\"\"adowed\" VALUES (1, 'a', 'é'), (1, 'a', 'é'), (NULL, x'00', 'nul' || char(0)), (1.5, CAST(x'ff' AS TEXT), char(1))",
  'CREATE TABLE hidden (rowid TEXT, oid TEXT, a INT)',
  "INSERT INTO hidden(_rowid_, rowid, oid, a) VALUES (-9223372036854775808, 'r', 'o', 1), (9223372036854775807, 'r', 'o', 2), (5, NULL, NULL, 3)",
  `CREATE TABLE hundred (${hundred((n) => `c${n} REAL`)})`,
  `INSERT INTO hundred WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 30) SELECT ${hundred((k) => `n / ${k + 3}.0`)} FROM c`,
  `CREATE TABLE "${LONG_NAME}" ("${LONG_NAME}" TEXT, "x]y" INTEGER)`,
  `INSERT INTO "${LONG_NAME}" VALUES ('v', 1)`,
  `CREATE TABLE everything (id INTEGER PRIMARY KEY, ${TYPES.map((type, n) => `v${n} ${type}`).join(', ')})`,
  ...EVERY_VALUE.map((value, n) => `INSERT INTO everything VALUES (${n}, ${TYPES.map(() => value).join(', ')})`),
  `CREATE TABLE commented (a -- what the last line says\n, b INT)`,
];

const DERIVED: readonly string[] = [
  'CREATE TABLE article (id INTEGER PRIMARY KEY, title TEXT, body TEXT)',
  "CREATE VIRTUAL TABLE article_search USING fts5(title, body, content='article', content_rowid='id')",
  "CREATE TRIGGER article_added AFTER INSERT ON article BEGIN\n  INSERT INTO article_search(rowid, title, body) VALUES (new.id, new.title, CASE WHEN new.body IS NULL THEN '' ELSE new.body END);\r\nEND",
  "CREATE TRIGGER article_gone AFTER DELETE ON article BEGIN INSERT INTO article_search(article_search, rowid, title, body) VALUES ('delete', old.id, old.title, old.body); END",
  "INSERT INTO article VALUES (1, 'Locks', 'A lock raises boats; slowly'), (7, 'Weirs', 'Water falls')",
  'CREATE VIRTUAL TABLE note_search USING fts5(text, tag UNINDEXED)',
  "INSERT INTO note_search(rowid, text, tag) VALUES (3, 'the quiet canal', 1.5), (-2, 'it''s a lock', x'00')",
  "INSERT INTO note_search(note_search, rank) VALUES ('rank', 'bm25(10.0)')",
  "CREATE VIRTUAL TABLE ghost_search USING fts5(text, content='')",
  "INSERT INTO ghost_search(rowid, text) VALUES (1, 'nothing is kept')",
  'CREATE VIRTUAL TABLE words USING fts5vocab(note_search, row)',
  'CREATE VIRTUAL TABLE place USING rtree(id, x0, x1, +label TEXT)',
  "INSERT INTO place VALUES (5, 0.1, 0.2, 'here'), (9, -1, 2, NULL)",
  'CREATE VIEW boats AS SELECT title FROM article -- all of them',
  'CREATE VIEW boats_again AS SELECT * FROM boats',
  'CREATE TRIGGER boats_add INSTEAD OF INSERT ON boats BEGIN INSERT INTO article(title) VALUES (new.title); END',
  "CREATE INDEX article_lower ON article (lower(title), id DESC) WHERE body IS NOT NULL AND title <> ';'",
  `CREATE UNIQUE INDEX "person's name" ON person (name COLLATE NOCASE)`,
];

const OURS: readonly string[] = [
  'CREATE TABLE d1_migrations (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE, applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL)',
  "INSERT INTO d1_migrations VALUES (1, '0001_x.sql', '2026-01-01')",
  'CREATE TABLE __drizzle_migrations (id SERIAL PRIMARY KEY, hash text NOT NULL, created_at numeric)',
  "INSERT INTO __drizzle_migrations VALUES (NULL, 'abc', 1), (NULL, 'def', 2)",
  'CREATE TABLE audit_logs (id INTEGER PRIMARY KEY, what TEXT)',
  "INSERT INTO audit_logs VALUES (1, 'began')",
  'CREATE TABLE _lk_guard (id INTEGER PRIMARY KEY, epoch INTEGER)',
  'INSERT INTO _lk_guard VALUES (1, 1)',
];

/** Below 4 MiB: what a snapshot takes. In one batch, foreign keys deferred. */
export const TORTURE: readonly string[] = ['PRAGMA defer_foreign_keys = TRUE', ...RELATIONS, ...SHAPES, ...DERIVED, ...OURS];

/** Cells near D1's limit: one long text and one long blob in a row, and rows around the length of a statement. */
export const LONG_CELLS: readonly string[] = [
  'CREATE TABLE long (id INTEGER PRIMARY KEY, body TEXT CHECK (length(CAST(body AS BLOB)) <> 45000), bytes BLOB, tail TEXT, size INTEGER AS (length(CAST(body AS BLOB))) STORED)',
  "INSERT INTO long(id, body, bytes, tail) VALUES (1, replace(hex(zeroblob(950000)), '00', '''é'), randomblob(1900000), 'end')",
  "INSERT INTO long(id, body, tail) VALUES (2, replace(hex(zeroblob(300000)), '00', char(0) || 'x'), CAST(x'ff' AS TEXT))",
  'INSERT INTO long(id, bytes) WITH RECURSIVE c(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM c WHERE n < 40) SELECT 10 + n, randomblob(49460 + n) FROM c',
  'INSERT INTO long(id, body) WITH RECURSIVE c(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM c WHERE n < 40) SELECT 60 + n, hex(zeroblob(49480 + n)) FROM c',
  'CREATE TABLE "long key" (k BLOB, v TEXT, PRIMARY KEY (k, v)) WITHOUT ROWID',
  'INSERT INTO "long key" WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 12) SELECT CAST(hex(zeroblob(100 * n * n * n)) AS BLOB), hex(zeroblob(70000 - 5000 * n)) FROM c',
];
