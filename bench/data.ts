/** The table that is exported: a million rows of eight mixed columns, the same bytes each time. */
import { rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';

export const TABLE = 'bench_orders';
export const COLUMNS = ['id', 'name', 'email', 'price', 'lat', 'qty', 'payload', 'note'] as const;

const CREATE = `CREATE TABLE ${TABLE} (id INTEGER PRIMARY KEY, name TEXT NOT NULL, email TEXT NOT NULL, price REAL NOT NULL, lat REAL NOT NULL,
  qty INTEGER NOT NULL, payload BLOB NOT NULL, note TEXT)`;

/** Makes about 150 bytes a row in the file. */
const NOTE_WORDS = 9;
const WORDS = [
  'lock',
  'gate',
  'barge',
  'quay',
  'sluice',
  'harbour',
  'weir',
  'tow-path',
  'keeper’s',
  'winter',
  'high water',
  'günstig',
  'naïve',
  '水門',
];
const NAMES = ['Ada', 'Grace', 'Edsger', 'Barbara', 'Niklaus', 'Margaret', 'Donald', 'Frances', 'O’Neil', 'Jürgen', "D'Arcy"];

/** xorshift32: small, fast, and the same everywhere. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 4_294_967_296;
  };
}

/** Writes the table into a new file at `path`. Throws when the file holds the table already. */
export function writeTable(path: string, rows: number): void {
  for (const suffix of ['', '-wal', '-shm']) rmSync(`${path}${suffix}`, { force: true });
  const database = new DatabaseSync(path);
  database.exec(`PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; BEGIN; ${CREATE}`);
  const insert = database.prepare(`INSERT INTO ${TABLE} VALUES (?, ?, ?, ?, ?, ?, ?, ?)`);
  const next = random(20_261_123);
  const pick = (list: readonly string[]) => list[Math.floor(next() * list.length)] as string;
  const payload = Buffer.alloc(16);
  for (let id = 1; id <= rows; id++) {
    const name = `${pick(NAMES)} ${pick(NAMES)}`;
    for (let at = 0; at < 16; at += 4) payload.writeUInt32LE(Math.floor(next() * 4_294_967_296), at);
    const words =
      next() < 0.1 ? null : Array.from({ length: 1 + Math.floor(next() * NOTE_WORDS * 2) }, () => pick(WORDS)).join(' ');
    const price = Math.round(next() * 99_999) / 100;
    insert.run(id, name, `user${id}@example.com`, price, next() * 180 - 90, BigInt(Math.floor(next() * 500)), payload, words);
  }
  database.exec('COMMIT');
  database.close();
}

/** Compares two files row by row and value by value, storage class included. Answers the number of rows, or throws with the first difference. */
export function compareTables(expectedPath: string, actualPath: string): number {
  const [expected, actual] = [expectedPath, actualPath].map((path) => new DatabaseSync(path, { readOnly: true })) as [
    DatabaseSync,
    DatabaseSync,
  ];
  const select = `SELECT ${COLUMNS.join(', ')} FROM ${TABLE} ORDER BY id`;
  const [left, right] = [expected, actual].map((database) => {
    const statement = database.prepare(select);
    statement.setReadBigInts(true);
    statement.setReturnArrays(true);
    return statement.iterate() as unknown as Iterator<unknown[]>;
  }) as [Iterator<unknown[]>, Iterator<unknown[]>];
  let rows = 0;
  for (let one = left.next(), other = right.next(); !one.done || !other.done; one = left.next(), other = right.next()) {
    if (one.done !== other.done) throw new Error(`one has ${rows} rows, the other more`);
    rows++;
    COLUMNS.forEach((column, n) => {
      if (!same(one.value[n], other.value[n]))
        throw new Error(`row ${rows}, ${column}: ${String(one.value[n])} became ${String(other.value[n])}`);
    });
  }
  expected.close();
  actual.close();
  return rows;
}

/** Integers arrive as bigint and reals as number, so a changed storage class is a difference. */
const same = (one: unknown, other: unknown): boolean =>
  one instanceof Uint8Array && other instanceof Uint8Array ? Buffer.compare(one, other) === 0 : Object.is(one, other);
