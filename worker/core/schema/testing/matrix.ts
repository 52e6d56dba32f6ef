/** The rebuild matrix: databases in which dropping a table would reach into others, for every action and shape that matters. */

export const ACTIONS = ['NO ACTION', 'RESTRICT', 'SET NULL', 'SET DEFAULT', 'CASCADE'] as const;
export type Action = (typeof ACTIONS)[number];

/** `change` is a table and the column whose type or NOT NULL changes, so that it has to be rebuilt. */
export interface MatrixCase {
  readonly name: string;
  readonly setup: readonly string[];
  /** The table to rebuild. */
  readonly table: string;
}

/** Values that copies like to damage. */
const VALUES = "9007199254740993, 1.0, 'a' || char(0) || 'b', X'00FF', 0.1 + 0.2";

const on = (onDelete: Action, onUpdate: Action) => `ON DELETE ${onDelete} ON UPDATE ${onUpdate}`;
const parent = (extra = '') => `CREATE TABLE p (id INTEGER PRIMARY KEY${extra}, a, b, c, d, e, v TEXT)`;
const rows = (table: string, n = 4) =>
  Array.from({ length: n }, (_, at) => `INSERT INTO ${table} (id, a, b, c, d, e, v) VALUES (${at + 1}, ${VALUES}, 'v${at}')`);

const shapes: { readonly [name: string]: (onDelete: Action, onUpdate: Action) => readonly string[] } = {
  plain: (d, u) => [
    parent(),
    `CREATE TABLE c (id INTEGER PRIMARY KEY, p_id INTEGER DEFAULT 1 REFERENCES p(id) ${on(d, u)}, w TEXT)`,
    ...rows('p'),
    "INSERT INTO c VALUES (1, 1, 'x'), (2, 2, 'y'), (3, NULL, 'z'), (9, 4, NULL)",
  ],
  'not null child': (d, u) => [
    parent(),
    `CREATE TABLE c (id INTEGER PRIMARY KEY, p_id INTEGER NOT NULL DEFAULT 1 REFERENCES p ${on(d, u)})`,
    'CREATE INDEX c_p ON c(p_id)',
    ...rows('p'),
    'INSERT INTO c VALUES (1, 1), (2, 2), (3, 2)',
  ],
  self: (d, u) => [
    `CREATE TABLE p (id INTEGER PRIMARY KEY, up INTEGER DEFAULT 1 REFERENCES p(id) ${on(d, u)}, v TEXT)`,
    `INSERT INTO p WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 30) SELECT i, nullif(i - 1, 0), 'v' || i FROM n`,
  ],
  'self, always set': (d, u) => [
    `CREATE TABLE p (id INTEGER PRIMARY KEY, up INTEGER NOT NULL DEFAULT 1 REFERENCES p(id) ${on(d, u)}, v TEXT, CHECK (up <= id))`,
    `INSERT INTO p WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 30) SELECT i, max(i - 1, 1), 'v' || i FROM n`,
  ],
  cycle: (d, u) => [
    `CREATE TABLE p (id INTEGER PRIMARY KEY, c_id INTEGER DEFAULT 1 REFERENCES c(id) ${on(d, u)}, v TEXT)`,
    `CREATE TABLE c (id INTEGER PRIMARY KEY, p_id INTEGER DEFAULT 1 REFERENCES p(id) ${on(d, u)})`,
    'INSERT INTO p VALUES (1, NULL, 1), (2, NULL, 2), (3, NULL, 3)',
    'INSERT INTO c VALUES (1, 2), (2, 1), (3, NULL)',
    'UPDATE p SET c_id = 4 - id',
  ],
  'chain of three': (d, u) => [
    parent(),
    `CREATE TABLE c (id INTEGER PRIMARY KEY, p_id INTEGER DEFAULT 1 REFERENCES p(id) ${on(d, u)})`,
    `CREATE TABLE g (id INTEGER PRIMARY KEY, c_id INTEGER DEFAULT 1 REFERENCES c(id) ${on(d, u)})`,
    `CREATE TABLE h (id INTEGER PRIMARY KEY, g_id INTEGER DEFAULT 1 REFERENCES g(id) ${on(d, u)}, p_id INTEGER REFERENCES p)`,
    ...rows('p'),
    'INSERT INTO c VALUES (1, 1), (2, 2)',
    'INSERT INTO g VALUES (1, 2), (2, 1)',
    'INSERT INTO h VALUES (1, 2, 3), (2, 1, 1)',
  ],
  composite: (d, u) => [
    'CREATE TABLE p (x TEXT COLLATE NOCASE NOT NULL, y INTEGER NOT NULL, v TEXT, PRIMARY KEY (y DESC, x))',
    `CREATE TABLE c (id INTEGER PRIMARY KEY, x TEXT DEFAULT 'a', y INTEGER DEFAULT 1, FOREIGN KEY (x, y) REFERENCES p(x, y) ${on(d, u)})`,
    "INSERT INTO p (rowid, x, y, v) VALUES (7, 'a', 1, 'q'), (3, 'b', 1, 'r'), (12, 'b', 2, NULL)",
    "INSERT INTO c VALUES (1, 'A', 1), (2, 'b', 2), (3, NULL, 2), (4, 'zz', NULL)",
  ],
  'unique parent': (d, u) => [
    'CREATE TABLE p (id INTEGER PRIMARY KEY, code TEXT, n INT, v TEXT, UNIQUE (code))',
    'CREATE UNIQUE INDEX p_n ON p(n)',
    `CREATE TABLE c (id INTEGER PRIMARY KEY, code TEXT DEFAULT 'a' REFERENCES p(code) ${on(d, u)}, n INT DEFAULT 1 REFERENCES p(n) ${on(d, u)})`,
    "INSERT INTO p VALUES (1, 'a', 1, 1), (2, 'b', 2, 2), (3, NULL, NULL, 3)",
    "INSERT INTO c VALUES (1, 'a', 2), (2, 'b', NULL), (3, NULL, 1)",
  ],
  'without rowid': (d, u) => [
    'CREATE TABLE p (k TEXT PRIMARY KEY, v TEXT) WITHOUT ROWID',
    `CREATE TABLE c (k TEXT DEFAULT 'a' REFERENCES p(k) ${on(d, u)}, n INTEGER, PRIMARY KEY (n)) WITHOUT ROWID`,
    "INSERT INTO p VALUES ('a', 1), ('b', 2)",
    "INSERT INTO c VALUES ('a', 1), ('b', 2), (NULL, 3)",
  ],
};

/** What else hangs on a table: must be there afterwards, and must not have noticed. */
const company: { readonly [name: string]: readonly string[] } = {
  bare: [],
  readers: [
    'CREATE TABLE log (id INTEGER PRIMARY KEY, what TEXT)',
    'CREATE VIEW seen AS SELECT v, count(*) AS n FROM p GROUP BY v',
    'CREATE VIEW "seen twice" AS SELECT * FROM seen JOIN seen AS other USING (v)',
    "CREATE TRIGGER p_out AFTER DELETE ON p BEGIN INSERT INTO log (what) VALUES ('deleted ' || old.v); END",
    "CREATE TRIGGER p_in BEFORE INSERT ON p WHEN new.v IS NOT NULL BEGIN INSERT INTO log (what) VALUES ('inserted; ' || new.v); END",
    "CREATE TRIGGER p_change AFTER UPDATE ON p BEGIN INSERT INTO log (what) VALUES ('updated'); END",
    'CREATE TRIGGER log_reads AFTER INSERT ON log BEGIN UPDATE log SET what = what || (SELECT count(*) FROM p) WHERE id = new.id; END',
    "CREATE TRIGGER seen_write INSTEAD OF INSERT ON seen BEGIN INSERT INTO log (what) VALUES ('seen'); END",
    'CREATE INDEX "p by v" ON p(v COLLATE NOCASE DESC) WHERE v IS NOT NULL',
    'CREATE INDEX p_length ON p(length(v))',
    "INSERT INTO log (what) VALUES ('kept')",
  ],
};

export function* matrix(): Generator<MatrixCase> {
  for (const [shape, make] of Object.entries(shapes))
    for (const onDelete of ACTIONS)
      for (const onUpdate of ACTIONS)
        for (const [with_, more] of Object.entries(company))
          yield {
            name: `${shape}, ON DELETE ${onDelete}, ON UPDATE ${onUpdate}, ${with_}`,
            setup: [...make(onDelete, onUpdate), ...more],
            table: 'p',
          };
}

/** Shapes for which actions do not matter. */
export const SPECIAL: readonly MatrixCase[] = [
  {
    name: 'AUTOINCREMENT whose highest rows are gone, with a child',
    table: 'p',
    setup: [
      'CREATE TABLE p (id INTEGER PRIMARY KEY AUTOINCREMENT, v TEXT)',
      'CREATE TABLE c (id INTEGER PRIMARY KEY AUTOINCREMENT, p_id INTEGER REFERENCES p(id) ON DELETE CASCADE)',
      "INSERT INTO p VALUES (1, 'a'), (2, 'b'), (70, 'c')",
      'INSERT INTO c VALUES (1, 1), (50, 2)',
      'DELETE FROM p WHERE id = 70',
      'DELETE FROM c WHERE id = 50',
    ],
  },
  {
    name: 'AUTOINCREMENT, all rows gone',
    table: 'p',
    setup: ['CREATE TABLE p (id INTEGER PRIMARY KEY AUTOINCREMENT, v TEXT)', "INSERT INTO p VALUES (41, 'a')", 'DELETE FROM p'],
  },
  {
    name: 'rowids without a key, with gaps',
    table: 'p',
    setup: [
      'CREATE TABLE p (v TEXT, rowid TEXT)',
      "INSERT INTO p (oid, v, rowid) VALUES (-5, 'a', 'x'), (9007199254740993, 'b', 'y'), (3, NULL, NULL)",
    ],
  },
  {
    name: 'FTS5 over the table, kept by triggers',
    table: 'p',
    setup: [
      'CREATE TABLE p (v TEXT, w TEXT)',
      "CREATE VIRTUAL TABLE p_fts USING fts5(v, content='p', content_rowid='rowid')",
      'CREATE TRIGGER p_ai AFTER INSERT ON p BEGIN INSERT INTO p_fts(rowid, v) VALUES (new.rowid, new.v); END',
      "CREATE TRIGGER p_ad AFTER DELETE ON p BEGIN INSERT INTO p_fts(p_fts, rowid, v) VALUES ('delete', old.rowid, old.v); END",
      "INSERT INTO p (rowid, v, w) VALUES (10, 'one word', 'x'), (20, 'two words', 'y')",
    ],
  },
  {
    name: 'generated columns, indexed',
    table: 'p',
    setup: [
      "CREATE TABLE p (id INTEGER PRIMARY KEY, v TEXT, s TEXT GENERATED ALWAYS AS (v || '!') STORED, t TEXT AS (upper(s)) VIRTUAL)",
      'CREATE INDEX p_t ON p(t)',
      "INSERT INTO p (id, v) VALUES (1, 'a'), (2, NULL)",
    ],
  },
  {
    name: 'STRICT with ANY',
    table: 'p',
    setup: [
      'CREATE TABLE p (id INTEGER PRIMARY KEY, v TEXT, x ANY, r REAL) STRICT',
      "INSERT INTO p VALUES (1, 'a', '1', 1), (2, 'b', 1, -0.0), (3, 'c', 1.0, 1e300), (4, NULL, X'00', NULL)",
    ],
  },
  {
    name: 'names that need quoting',
    table: 'order "of" things',
    setup: [
      `CREATE TABLE "order ""of"" things" ("select" INTEGER PRIMARY KEY, v TEXT, [a]]b] TEXT)`.replace('[a]]b]', '"a]b"'),
      `CREATE TABLE "it's" (id INTEGER PRIMARY KEY, "up to" INTEGER REFERENCES "order ""of"" things"("select") ON DELETE CASCADE)`,
      `INSERT INTO "order ""of"" things" VALUES (1, 'x', 'y')`,
      `INSERT INTO "it's" VALUES (1, 1)`,
    ],
  },
  {
    name: 'a constraint that would swallow rows',
    table: 'p',
    setup: [
      'CREATE TABLE p (id INTEGER PRIMARY KEY, v TEXT, w TEXT UNIQUE ON CONFLICT REPLACE)',
      "INSERT INTO p VALUES (1, 'a', 'x'), (2, 'b', 'y')",
    ],
  },
];
