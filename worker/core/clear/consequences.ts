/** What emptying a table does to the rows of all tables: which questions to ask of the database, and what the answers mean. */
import type { SchemaModel, Table } from '../schema/model.ts';
import { isReserved } from '../schema/names.ts';
import { identifier } from '../sql/quote.ts';
import { Doomed } from './doomed-sql.ts';
import { dependentsOf, type Reference, type References, referencesIn } from './graph.ts';

/** `keep`: what SQLite itself would do. `clear`: whatever refers to a row that goes, goes too. */
export type Dependents = 'keep' | 'clear';

export interface Question {
  readonly sql: string;
  /** One for each column of the only row. */
  readonly about: readonly About[];
}
export type About =
  | { readonly kind: 'before' | 'removed' | 'changed'; readonly table: Table }
  | { readonly kind: 'blocked'; readonly reference: Reference };

export interface Consequences {
  readonly doomed: Doomed;
  readonly references: References;
  readonly questions: readonly Question[];
}

export interface TableCounts {
  readonly table: Table;
  readonly before: number;
  readonly removed: number;
  readonly changed: number;
  /** References over which its rows are reached. */
  readonly via: readonly Reference[];
}

export interface Counts {
  /** The target first, then parents before children. */
  readonly tables: readonly TableCounts[];
  /** Rows that forbid their parents to go. */
  readonly blocked: readonly { readonly reference: Reference; readonly rows: number }[];
}

/** D1 gives at most 100 columns. */
const COLUMNS = 80;
const CHANGING = ['SET NULL', 'SET DEFAULT'];

export function consequencesOf(model: SchemaModel, target: Table, dependents: Dependents): Consequences {
  const references = referencesIn(model);
  const followed = references.all.filter(
    ({ child, parent, onDelete }) =>
      child !== target && !isReserved(child.name) && (dependents === 'clear' || onDelete === 'CASCADE') && parent.kind === 'table',
  );
  const doomed = new Doomed(target, dependentsOf(target, followed), followed);
  const touching = references.all.filter(
    ({ child, parent, onDelete }) =>
      dependents === 'keep' && child !== target && !isReserved(child.name) && onDelete !== 'CASCADE' && doomed.isDoomed(parent),
  );
  return { doomed, references, questions: questionsOf(target, doomed, touching) };
}

function questionsOf(target: Table, doomed: Doomed, touching: readonly Reference[]): Question[] {
  const changing = Map.groupBy(
    touching.filter(({ onDelete }) => CHANGING.includes(onDelete)),
    ({ child }) => child,
  );
  const involved = new Set([target, ...doomed.groups.flatMap(({ tables }) => tables), ...touching.map(({ child }) => child)]);
  const expressions: { about: About; sql: string }[] = [
    ...[...involved].map((table) => ({ about: { kind: 'before', table } as const, sql: rowsOf(table) })),
    ...doomed.groups
      .flatMap(({ tables }) => tables)
      .map((table) => ({ about: { kind: 'removed', table } as const, sql: `SELECT count(*) FROM ${doomed.named(table)}` })),
    ...[...changing].map(([table, references]) => ({
      about: { kind: 'changed', table } as const,
      sql: `${rowsOf(table)} c WHERE (${references.map((one) => doomed.refersToDoomed(one)).join(' OR ')}) AND NOT ${doomed.test(table, 'c')}`,
    })),
    ...touching
      .filter(({ onDelete }) => !CHANGING.includes(onDelete))
      .map((reference) => ({
        about: { kind: 'blocked', reference } as const,
        sql: `${rowsOf(reference.child)} c WHERE ${doomed.refersToDoomed(reference)} AND NOT ${doomed.test(reference.child, 'c')}`,
      })),
  ];
  const pages = Array.from({ length: Math.ceil(expressions.length / COLUMNS) }, (_, at) =>
    expressions.slice(at * COLUMNS, (at + 1) * COLUMNS),
  );
  return pages.map((page) => ({
    sql: `${doomed.with()}SELECT ${page.map(({ sql }, at) => `(${sql}) AS c${at}`).join(',\n ')}`,
    about: page.map(({ about }) => about),
  }));
}

const rowsOf = (table: Table): string => `SELECT count(*) FROM ${identifier(table.name)}`;

/** `answers`: the row of each question. */
export function countsOf(
  target: Table,
  { questions, references, doomed }: Consequences,
  answers: readonly (readonly number[])[],
): Counts {
  const found = questions.flatMap(({ about }, page) => about.map((one, at) => ({ about: one, rows: answers[page]?.[at] ?? 0 })));
  const rows = (kind: 'before' | 'removed' | 'changed', table: Table) =>
    found.find(({ about }) => about.kind === kind && about.table === table)?.rows ?? 0;
  const involved = found.flatMap(({ about }) => (about.kind === 'before' ? [about.table] : []));
  const tables = involved.map((table): TableCounts => {
    const before = rows('before', table);
    const removed = table === target ? before : rows('removed', table);
    const via = table === target ? [] : references.all.filter(({ child, parent }) => child === table && doomed.isDoomed(parent));
    return { table, before, removed, changed: rows('changed', table), via };
  });
  return {
    tables,
    blocked: found.flatMap(({ about, rows: n }) => (about.kind === 'blocked' ? [{ reference: about.reference, rows: n }] : [])),
  };
}

/** `orders.customer_id → customers (CASCADE)` */
export const viaText = ({ child, parent, pairs, onDelete }: Reference): string =>
  `${child.name}.${pairs.map(([column]) => column).join('+')} → ${parent.name} (${onDelete})`;
