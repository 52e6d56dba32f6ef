/**
 * What has to be asked of the live database before a plan can be made: row counts, and rows that the new shape would not take. Each
 * probe is one SELECT; the answers go to `planChanges` under the same ids.
 */
import type { CheckDef, ColumnDef, ForeignKeyDef, IndexTerm, TableDef } from '../../../protocol/schema.ts';
import { balancedSum } from '../../sql/cells.ts';
import { identifier } from '../../sql/quote.ts';
import { byName } from '../diff/code.ts';
import { columnId, isRowidAlias, tableItems, termName } from '../diff/items.ts';
import { foldName, sameName } from '../names.ts';
import type { SchemaChanges, TableChange } from './changes.ts';
import { readFill } from './fill.ts';
import { edgesOf, referringTo } from './graph.ts';
import { type Fill, projectedRows } from './projection.ts';

export type Violation = 'not_null' | 'unique' | 'check' | 'foreign_key' | 'strict_type' | 'narrowing';
/**
 * `count`: one row with one number. `violations`: up to three rows, each with the number of all of them and then samples as SQL
 * literals, in the order of `columns`. `values`: one number, of values that are not NULL.
 */
export type Probe =
  | { readonly kind: 'count'; readonly id: string; readonly table: string; readonly sql: string; readonly params: readonly [] }
  | {
      readonly kind: 'values';
      readonly id: string;
      readonly table: string;
      readonly column: string;
      readonly sql: string;
      readonly params: readonly [];
    }
  | {
      readonly kind: 'violations';
      readonly id: string;
      readonly violation: Violation;
      readonly table: string;
      readonly column: string | null;
      /** What is violated, in words. */
      readonly what: string;
      readonly columns: readonly string[];
      readonly sql: string;
      readonly params: readonly [];
    };
type ViolationProbe = Extract<Probe, { kind: 'violations' }>;

/** Answers by probe id: rows as they came. */
export type Answers = ReadonlyMap<string, readonly (readonly unknown[])[]>;

const SAMPLES = 3;
const SAMPLE_COLUMNS = 6;
const SAMPLE_LENGTH = 120;

/** `given` by the code's names, as a plan is asked for. */
export function probesFor(changes: SchemaChanges, given: Fill = {}): Probe[] {
  const { fill } = readFill(changes, given);
  const probes = [...concerned(changes)].map((table): Probe => count(table));
  for (const change of changes.altered) probes.push(...tableProbes(change, changes, fill));
  probes.push(...indexProbes(changes, fill));
  return [...new Map(probes.map((probe) => [probe.id, probe])).values()];
}

export const countId = (table: string): string => `count:${foldName(table)}`;
export const changedId = (table: string): string => `changed:${foldName(table)}`;
export const valuesId = (table: string, column: string): string => `values:${foldName(table)}.${foldName(column)}`;

/** Of rows, of the whole table or of those that `where` chooses. */
const count = ({ name }: TableDef, id = countId(name), where = ''): Probe => ({
  kind: 'count',
  id,
  table: name,
  sql: `SELECT count(*) AS c0 FROM ${identifier(name)}${where}`,
  params: [],
});

/** Rows in which a value goes with its column, or gets one by an expression. Null: there is nothing of the kind. */
function changed({ from, to, dropped }: TableChange, fill: Fill): Probe | null {
  const old = byName(from.columns);
  const filled = to.columns.filter(({ name }) => fill[columnId(to.name, name)] !== undefined);
  const gaps = filled.map((column) => {
    const before = old.get(foldName(column.name));
    return before && before.affinity === column.affinity ? `${identifier(before.name)} IS NULL` : 'TRUE';
  });
  const gone = dropped.filter(({ generated }) => !generated).map(({ name }) => `${identifier(name)} IS NOT NULL`);
  const ways = [...gaps, ...gone].map((way) => `(${way})`);
  return ways.length === 0 ? null : count(from, changedId(from.name), ` WHERE ${balancedSum(ways)}`);
}

/** Every table that may be rebuilt or dropped, or refers to one that may: in slices all of those are copied. */
function concerned({ live, altered, dropped, indexes }: SchemaChanges): Set<TableDef> {
  const family = referringTo(new Set([...altered.map(({ from }) => from), ...dropped]), edgesOf(live.tables));
  const indexed = live.tables.filter(({ name }) =>
    [...indexes.created, ...indexes.dropped].some(({ table }) => sameName(table, name)),
  );
  return new Set([...family, ...indexed]);
}

/** Long values are cut: a sample is for reading. */
const literal = (column: string): string => {
  const name = identifier(column);
  return `CASE WHEN typeof(${name}) IN ('text', 'blob') THEN quote(substr(${name}, 1, ${SAMPLE_LENGTH})) ELSE quote(${name}) END`;
};

/** `rows` is a FROM clause, `bad` a condition on it. */
function violations(
  violation: Violation,
  table: string,
  column: string | null,
  what: string,
  rows: string,
  bad: string,
  columns: readonly string[],
): ViolationProbe {
  const shown = [...new Map(columns.map((name) => [foldName(name), name])).values()].slice(0, SAMPLE_COLUMNS);
  const samples = shown.map((name, n) => `, ${literal(name)} AS c${n + 1}`).join('');
  return {
    kind: 'violations',
    id: `${violation}:${foldName(table)}:${what}`,
    violation,
    table,
    column,
    what,
    columns: shown,
    sql: `SELECT (SELECT count(*) FROM ${rows} WHERE ${bad}) AS c0${samples} FROM ${rows} WHERE ${bad} LIMIT ${SAMPLES}`,
    params: [],
  };
}

function tableProbes(change: TableChange, changes: SchemaChanges, fill: Fill): Probe[] {
  const { from, to, dropped } = change;
  const rows = projectedRows(from, to, fill);
  const key = (to.primaryKey?.columns ?? []).map(termName).filter((name) => byName(to.columns).has(foldName(name)));
  const about = (columns: readonly string[]) => [...key, ...columns];
  return [
    ...[changed(change, fill) ?? []].flat(),
    ...dropped.map((column): Probe => values(from, column)),
    ...notNulls(change, fill).map((column) =>
      violations('not_null', to.name, column.name, column.name, rows, `${identifier(column.name)} IS NULL`, about([column.name])),
    ),
    ...typeProbes(change, fill, about),
    ...newUniques(change).map((terms) => uniqueProbe(to.name, terms, rows)),
    ...newChecks(change).map((check) =>
      violations(
        'check',
        to.name,
        null,
        check.expression,
        rows,
        `NOT (${check.expression})`,
        about(to.columns.map(({ name }) => name)),
      ),
    ),
    ...newKeys(change).flatMap((one) => keyProbe(to.name, one, rows, changes, fill, about(one.columns))),
  ];
}

const values = ({ name }: TableDef, column: ColumnDef): Probe => ({
  kind: 'values',
  id: valuesId(name, column.name),
  table: name,
  column: column.name,
  sql: `SELECT count(${identifier(column.name)}) AS c0 FROM ${identifier(name)}`,
  params: [],
});

/** Columns that may not be NULL from now on. */
function notNulls({ from, to }: TableChange, fill: Fill): ColumnDef[] {
  const old = byName(from.columns);
  return to.columns.filter((column) => {
    const before = old.get(foldName(column.name));
    if (isRowidAlias(column, to)) return before !== undefined && !before.notNull && !isRowidAlias(before, from);
    if (!column.notNull) return false;
    return before === undefined
      ? column.generated !== null ||
          fill[`column:${foldName(to.name)}.${foldName(column.name)}`] !== undefined ||
          column.default === null
      : !before.notNull;
  });
}

function newUniques({ from, to }: TableChange): IndexTerm[][] {
  const facts = new Map(tableItems(from).map((item) => [item.id, item.facets.join('\0')]));
  return tableItems(to).flatMap((item) => {
    if (item.kind !== 'unique' && item.kind !== 'primary-key') return [];
    return facts.get(item.id) === item.facets.join('\0') ? [] : [item.def.columns];
  });
}
/** All of them where a column's values are made anew; otherwise those that are new. */
const newChecks = ({ from, to }: TableChange): CheckDef[] => {
  const old = new Set(from.checks.map(({ expression }) => expression));
  return to.checks.filter(({ expression }) => !old.has(expression));
};
const keyText = (key: ForeignKeyDef): string =>
  `${key.columns.map(foldName)}→${foldName(key.table)}(${key.references.map(foldName)})`;
const newKeys = ({ from, to }: TableChange): ForeignKeyDef[] => {
  const old = new Set(from.foreignKeys.map(keyText));
  return to.foreignKeys.filter((key) => !old.has(keyText(key)));
};

function uniqueProbe(table: string, terms: readonly IndexTerm[], rows: string, where: string | null = null): ViolationProbe {
  const columns = terms.map(({ column, expression }, n) => ({
    name: column ?? `value ${n + 1}`,
    text: column === null ? `(${expression})` : identifier(column),
  }));
  const grouping = columns.map(
    ({ text }, n) => `${text}${terms[n]?.collation ? ` COLLATE ${identifier(terms[n]?.collation ?? '')}` : ''}`,
  );
  const filled = [...columns.map(({ text }) => `${text} IS NOT NULL`), ...(where === null ? [] : [`(${where})`])].join(' AND ');
  const listed = columns.map(({ name, text }) => `${text} AS ${identifier(name)}`).join(', ');
  const doubles = `(SELECT ${listed}, count(*) AS "rows" FROM ${rows} WHERE ${filled} GROUP BY ${grouping.join(', ')} HAVING count(*) > 1)`;
  const names = columns.map(({ name }) => name);
  return violations('unique', table, names.length === 1 ? (names[0] ?? null) : null, names.join(', '), doubles, '1', [
    ...names,
    'rows',
  ]);
}

/** Unique indexes over tables that are there, under the names that they have now. */
function indexProbes({ indexes, mid, live, altered }: SchemaChanges, fill: Fill): Probe[] {
  const created = new Set(indexes.created.map(({ name }) => foldName(name)));
  const old = byName(live.tables);
  return mid.indexes.flatMap((index) => {
    const table = old.get(foldName(index.table));
    if (!index.unique || !created.has(foldName(index.name)) || table === undefined) return [];
    const change = altered.find(({ from }) => from === table);
    return [
      uniqueProbe(
        table.name,
        index.terms,
        change ? projectedRows(change.from, change.to, fill) : identifier(table.name),
        index.where,
      ),
    ];
  });
}

function keyProbe(
  table: string,
  key: ForeignKeyDef,
  rows: string,
  { live, mid, altered }: SchemaChanges,
  fill: Fill,
  columns: readonly string[],
): Probe[] {
  const filled = key.columns.map((name) => `c.${identifier(name)} IS NOT NULL`).join(' AND ');
  const parent = live.tables.find(({ name }) => sameName(name, key.table));
  const change = altered.find(({ from }) => from === parent);
  const after = mid.tables.find(({ name }) => sameName(name, key.table));
  const what = `${key.columns.join(', ')} → ${key.table}`;
  const probe = (bad: string) => [
    violations('foreign_key', table, key.columns[0] ?? null, what, `(SELECT * FROM ${rows} c WHERE ${bad})`, '1', columns),
  ];
  if (parent === undefined || after === undefined) return probe(filled);
  const parents = change ? projectedRows(change.from, change.to, fill) : identifier(parent.name);
  const references = key.references.length > 0 ? key.references : (after.primaryKey?.columns.map(termName) ?? []);
  const matches = key.columns.map((name, n) => `p.${identifier(references[n] ?? name)} = c.${identifier(name)}`).join(' AND ');
  return probe(`${filled} AND NOT EXISTS (SELECT 1 FROM ${parents} p WHERE ${matches})`);
}

/** Values that a STRICT table refuses, and such as another affinity would change for good or hold against its own type. */
function typeProbes({ from, to }: TableChange, fill: Fill, about: (columns: readonly string[]) => string[]): Probe[] {
  const old = byName(from.columns);
  const rows = projectedRows(from, to, fill);
  return to.columns.flatMap((column) => {
    const before = old.get(foldName(column.name));
    if (before === undefined || column.generated) return [];
    const probe = (violation: Violation, bad: string | null) =>
      bad === null ? [] : [violations(violation, to.name, column.name, column.name, rows, bad, about([column.name]))];
    // A rowid takes nothing but integers, STRICT or not.
    const becomesRowid = isRowidAlias(column, to) && !isRowidAlias(before, from);
    const stricter = becomesRowid || (to.strict && (!from.strict || before.type !== column.type));
    const changed = before.affinity === column.affinity ? null : changedBy(before, column);
    return [...(stricter ? probe('strict_type', refusedBy(column)) : []), ...probe('narrowing', changed)];
  });
}

/** Text that reads as this number and nothing else. */
const saysNumber = (x: string): string => `CAST(CAST(${x} AS NUMERIC) AS TEXT) = ${x}`;

function refusedBy({ name, type }: ColumnDef): string | null {
  const x = identifier(name);
  switch (type) {
    case 'INT':
    case 'INTEGER':
      return `${x} IS NOT NULL AND NOT (typeof(${x}) = 'integer' OR (typeof(${x}) = 'real' AND CAST(${x} AS INTEGER) = ${x}) OR (typeof(${x}) = 'text' AND CAST(CAST(${x} AS INTEGER) AS TEXT) = ${x}))`;
    case 'REAL':
      return `${x} IS NOT NULL AND NOT (typeof(${x}) IN ('integer', 'real') OR (typeof(${x}) = 'text' AND ${saysNumber(x)}))`;
    case 'TEXT':
      return `typeof(${x}) = 'blob'`;
    case 'BLOB':
      return `typeof(${x}) NOT IN ('blob', 'null')`;
    default:
      return null;
  }
}

/** A column without affinity keeps each value as it came, and would not make it again what it was. */
const NATIVE = { integer: "'integer'", numeric: "'integer', 'real'", real: "'real'", text: "'text'" } as const;

function changedBy(before: ColumnDef, { name, affinity }: ColumnDef): string | null {
  const x = identifier(name);
  if (affinity === 'blob') return null;
  if (before.affinity === 'blob') return `typeof(${x}) NOT IN ('null', 'blob', ${NATIVE[affinity]})`;
  switch (affinity) {
    case 'integer':
      return `(typeof(${x}) = 'text' AND NOT (${saysNumber(x)})) OR (typeof(${x}) = 'real' AND CAST(${x} AS INTEGER) <> ${x})`;
    case 'numeric':
      return `typeof(${x}) = 'text' AND NOT (${saysNumber(x)})`;
    case 'real':
      return `(typeof(${x}) = 'text' AND CAST(CAST(${x} AS REAL) AS TEXT) <> ${x}) OR (typeof(${x}) = 'integer' AND CAST(CAST(${x} AS REAL) AS INTEGER) <> ${x})`;
    case 'text':
      return `typeof(${x}) = 'real' AND CAST(CAST(${x} AS TEXT) AS REAL) <> ${x}`;
  }
}
