/**
 * The basis of a plan: a fingerprint of the user's schema and of the ledgers (J6). Data does not count, nor does what belongs to the
 * platform or to Lockkeeper: a fence that goes up, or a copy of the audit trail, makes no plan stale.
 */
import { createHash } from 'node:crypto';
import { foldName } from '../core/schema/names.ts';
import { identifier, textLiteral } from '../core/sql/quote.ts';
import { Refusal } from '../protocol/problem.ts';
import { AUDIT_LOGS } from './audit-log.ts';
import type { Cell, Database, Statement } from './database.ts';
import type { Expectation } from './expect.ts';

export const LEDGERS = ['__drizzle_migrations', 'd1_migrations'] as const;

/** Lines of text in an order of their own, so that the same content always reads the same. */
interface Source {
  readonly name: string;
  /** A SELECT of one column, `line`. */
  readonly sql: string;
}

export interface Basis {
  readonly hash: string;
  /** The schema part alone: what a comparison of schemas depends on. */
  readonly schemaHash: string;
  /** True inside a batch as long as the basis is still this one. */
  readonly expectations: readonly Expectation[];
  /** For the end of a batch: writes down the basis that the batch leaves, for `basisLeft`. */
  keep(owner: string, step: string): Statement[];
}

const SCHEMA: Source = {
  name: 'schema',
  sql: `SELECT quote(type) || ' ' || quote(name) || ' ' || quote(tbl_name) || ' ' || quote(sql) AS line FROM sqlite_schema
    WHERE lower(substr(name, 1, 4)) NOT IN ('_cf_', '_lk_') AND lower(substr(name, 1, 7)) <> 'sqlite_'
      AND lower(substr(tbl_name, 1, 4)) NOT IN ('_cf_', '_lk_') AND lower(tbl_name) <> ${textLiteral(foldName(AUDIT_LOGS))}
    ORDER BY type, name`,
};

/** Each comparison binds so much text: far below what a parameter may hold. */
const PART_CHARACTERS = 400_000;
/** A ledger may go away between two looks; more often than this is no coincidence. */
const TRIES = 3;

/** Two round trips: which ledgers there are, then schema and ledgers as they are at one moment. Throws what the database throws. */
export async function readBasis(database: Database): Promise<Basis> {
  for (let tries = 1; ; tries += 1) {
    const sources = [SCHEMA, ...(await ledgers(database))];
    try {
      const results = await database.batch(sources.map(({ sql }) => ({ sql })));
      return basisOf(sources.map((source, at) => ({ source, lines: linesOf(results[at]?.rows ?? []) })));
    } catch (error) {
      if (tries === TRIES || !/no such (?:table|column)/.test(String(error))) throw error;
    }
  }
}

const COLUMNS = LEDGERS.map((ledger) => `SELECT ${textLiteral(ledger)}, name FROM pragma_table_info(${textLiteral(ledger)})`).join(
  ' UNION ALL ',
);

async function ledgers(database: Database): Promise<Source[]> {
  const { rows } = await database.query(COLUMNS);
  return LEDGERS.flatMap((ledger) => {
    const columns = rows.filter(([table]) => table === ledger).map(([, column]) => `quote(${identifier(String(column))})`);
    if (columns.length === 0) return [];
    return [{ name: ledger, sql: `SELECT ${columns.join(" || ' ' || ")} AS line FROM ${identifier(ledger)} ORDER BY line` }];
  });
}

const linesOf = (rows: readonly Cell[][]): string[] => rows.map(([line]) => String(line));
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

interface Read {
  readonly source: Source;
  readonly lines: readonly string[];
}

const textOf = ({ source, lines }: Read): string => [source.name, ...lines].join('\n');
const hashOf = (read: readonly Read[]): string => sha256(read.map(textOf).join('\n\n'));

function basisOf(read: readonly Read[]): Basis {
  return {
    hash: hashOf(read),
    schemaHash: sha256(read.slice(0, 1).map(textOf).join('')),
    expectations: read.flatMap(expectationsOf),
    keep: (owner, step) =>
      keepStatements(
        read.map(({ source }) => source),
        owner,
        step,
      ),
  };
}

/** One basis at a time. Line by line: all of them together may be more than a value can hold. */
const KEPT_TABLE: Statement = {
  sql: 'CREATE TABLE IF NOT EXISTS _lk_basis (owner TEXT NOT NULL, step TEXT NOT NULL, source TEXT NOT NULL, line TEXT)',
};

const keepStatements = (sources: readonly Source[], owner: string, step: string): Statement[] => [
  KEPT_TABLE,
  { sql: 'DELETE FROM _lk_basis' },
  ...sources.map(({ name, sql }) => ({
    sql: `INSERT INTO _lk_basis (owner, step, source, line) SELECT ?1, ?2, ?3, line FROM (${sql})`,
    params: [owner, step, name],
  })),
  // A ledger without entries is one, too.
  ...sources.map(({ name }) => ({
    sql: 'INSERT INTO _lk_basis (owner, step, source, line) VALUES (?1, ?2, ?3, NULL)',
    params: [owner, step, name],
  })),
];

/**
 * The hash of the basis that this step's batch has left: what came right behind it, from somebody else, is not taken for its work. Null when
 * nothing is known of it.
 */
export async function basisLeft(database: Database, owner: string, step: string): Promise<string | null> {
  const [exists] = await database.batch([{ sql: "SELECT count(*) AS c0 FROM sqlite_schema WHERE name = '_lk_basis'" }]);
  if (exists?.rows[0]?.[0] !== 1) return null;
  const { rows } = await database.query('SELECT source, line FROM _lk_basis WHERE owner = ?1 AND step = ?2 ORDER BY rowid', [
    owner,
    step,
  ]);
  const read = [SCHEMA.name, ...LEDGERS].flatMap((name): Read[] => {
    const own = rows.filter(([source]) => source === name);
    const lines = own.flatMap(([, line]) => (line === null ? [] : [String(line)]));
    return own.length === 0 ? [] : [{ source: { name, sql: '' }, lines }];
  });
  return read.length === 0 ? null : hashOf(read);
}

function expectationsOf({ source, lines }: Read): Expectation[] {
  const what = source.name === SCHEMA.name ? 'The schema' : `The ledger \`${source.name}\``;
  const count: Expectation = {
    kind: 'basis',
    what,
    sql: `(SELECT count(*) FROM (${source.sql})) = ${lines.length}`,
    wanted: { text: `${lines.length} entries`, found: `SELECT count(*) FROM (${source.sql})` },
  };
  return [count, ...parts(lines).map(({ from, part }): Expectation => sameLines(what, source, from, part))];
}

const sameLines = (what: string, source: Source, from: number, part: readonly string[]): Expectation => ({
  kind: 'basis',
  what,
  sql: `(SELECT group_concat(line, char(10)) FROM (SELECT line FROM (${source.sql}) LIMIT ${part.length} OFFSET ${from})) = ?1`,
  params: [part.join('\n')],
});

function parts(lines: readonly string[]): { from: number; part: string[] }[] {
  const found: { from: number; part: string[]; characters: number }[] = [];
  lines.forEach((line, at) => {
    const last = found.at(-1);
    if (last && last.characters + line.length < PART_CHARACTERS) {
      last.part.push(line);
      last.characters += line.length;
    } else found.push({ from: at, part: [line], characters: line.length });
  });
  return found;
}

/** The basis as it is now, if it still is `hash`; otherwise `plan_stale`. */
export async function basisMustBe(database: Database, hash: string): Promise<Basis> {
  const basis = await readBasis(database);
  if (basis.hash === hash) return basis;
  throw new Refusal('plan_stale', 'The schema or a ledger of the database has changed since the plan was made.');
}
