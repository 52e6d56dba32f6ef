/** SELECT and DML as text, in one spelling. Aliases of result columns keep their case: readers of the rows see it. */
import type { Assignment, Dml, From, ResultColumn, Select, SelectCore, Source, Target, Upsert, With } from './ast.ts';
import {
  type Scope,
  writeExpr,
  writeFolded,
  writeName,
  writeOrderBy,
  writeOrdering,
  writePath,
  writeWindow,
} from './write-expression.ts';

const names = (list: readonly string[]): string => list.map(writeFolded).join(', ');
const clause = (word: string, text: string | null): string => (text === null || text === '' ? '' : ` ${word} ${text}`);

export function writeSelect(select: Select, scope: Scope): string {
  const cores = select.cores.map(({ op, core }) => `${op === null ? '' : ` ${op} `}${writeCore(core, scope)}`).join('');
  return `${writeWith(select.with, scope)}${cores}${writeOrderBy(select.orderBy, scope)}${writeLimit(select, scope)}`;
}

function writeLimit({ limit, offset }: Pick<Select, 'limit' | 'offset'>, scope: Scope): string {
  return clause('LIMIT', limit && writeExpr(limit, scope)) + clause('OFFSET', offset && writeExpr(offset, scope));
}

function writeWith(withs: With | null, scope: Scope): string {
  if (withs === null) return '';
  const ctes = withs.ctes.map(({ name, columns, materialized, select }) => {
    const head = `${writeFolded(name)}${columns === null ? '' : `(${columns.map(writeName).join(', ')})`} AS`;
    return `${head}${materialized === null ? '' : ` ${materialized}`} (${writeSelect(select, scope)})`;
  });
  return `WITH ${withs.recursive ? 'RECURSIVE ' : ''}${ctes.join(', ')} `;
}

function writeCore(core: SelectCore, scope: Scope): string {
  const list = (items: Parameters<typeof writeExpr>[0][] | readonly Parameters<typeof writeExpr>[0][]) =>
    items.map((item) => writeExpr(item, scope)).join(', ');
  if (core.kind === 'values') return `VALUES ${core.rows.map((row) => `(${list(row)})`).join(', ')}`;
  return [
    `SELECT ${core.distinct ? 'DISTINCT ' : ''}${writeResults(core.columns, scope)}`,
    clause('FROM', core.from && writeFrom(core.from, scope)),
    clause('WHERE', core.where && writeExpr(core.where, scope)),
    clause('GROUP BY', list(core.groupBy)),
    clause('HAVING', core.having && writeExpr(core.having, scope)),
    clause('WINDOW', core.windows.map(([name, window]) => `${writeFolded(name)} AS ${writeWindow(window, scope)}`).join(', ')),
  ].join('');
}

const writeResults = (columns: readonly ResultColumn[], scope: Scope): string =>
  columns.map((column) => writeResult(column, scope)).join(', ');

function writeResult(column: ResultColumn, scope: Scope): string {
  if (column.kind === 'star') return column.table === null ? '*' : `${writeFolded(column.table)}.*`;
  return `${writeExpr(column.expression, scope)}${column.alias === null ? '' : ` AS ${writeName(column.alias)}`}`;
}

function writeFrom(from: From, scope: Scope): string {
  return from
    .map(({ join, source, on, using }) => {
      const head = `${join === null ? '' : ` ${join} `}${writeSource(source, scope)}`;
      return `${head}${clause('ON', on && writeExpr(on, scope))}${using === null ? '' : ` USING (${names(using)})`}`;
    })
    .join('');
}

const writeIndexed = (indexed: string | false | null): string => {
  if (indexed === null) return '';
  return indexed === false ? ' NOT INDEXED' : ` INDEXED BY ${writeFolded(indexed)}`;
};
const writeAlias = (alias: string | null): string => (alias === null ? '' : ` AS ${writeFolded(alias)}`);

function writeSource(source: Source, scope: Scope): string {
  switch (source.kind) {
    case 'table': {
      const args = source.args === null ? '' : `(${source.args.map((arg) => writeExpr(arg, scope)).join(', ')})`;
      return `${writePath(source.path)}${args}${writeAlias(source.alias)}${writeIndexed(source.indexed)}`;
    }
    case 'subselect':
      return `(${writeSelect(source.select, scope)})${writeAlias(source.alias)}`;
    case 'group':
      return `(${writeFrom(source.from, scope)})${writeAlias(source.alias)}`;
  }
}

const writeTarget = ({ path, alias, indexed }: Target): string => `${writePath(path)}${writeAlias(alias)}${writeIndexed(indexed)}`;
const writeReturning = (columns: readonly ResultColumn[], scope: Scope): string =>
  clause('RETURNING', writeResults(columns, scope));
const writeOr = (or: string): string => (or === 'ABORT' ? '' : ` OR ${or}`);

function writeSet(set: readonly Assignment[], scope: Scope): string {
  const parts = set.map(({ columns, value }) => {
    const left = columns.length === 1 ? writeFolded(columns[0] as string) : `(${names(columns)})`;
    return `${left} = ${writeExpr(value, scope)}`;
  });
  return parts.join(', ');
}

function writeUpsert({ target, targetWhere, set, where }: Upsert, scope: Scope): string {
  const on = target === null ? '' : ` (${target.map((term) => writeOrdering(term, scope)).join(', ')})`;
  const head = ` ON CONFLICT${on}${clause('WHERE', targetWhere && writeExpr(targetWhere, scope))}`;
  if (set === null) return `${head} DO NOTHING`;
  return `${head} DO UPDATE SET ${writeSet(set, scope)}${clause('WHERE', where && writeExpr(where, scope))}`;
}

export function writeDml(dml: Dml, scope: Scope): string {
  switch (dml.kind) {
    case 'select':
      return writeSelect(dml.select, scope);
    case 'insert': {
      const head = `${writeWith(dml.with, scope)}INSERT${writeOr(dml.or)} INTO ${writeTarget(dml.target)}`;
      const columns = dml.columns === null ? '' : ` (${names(dml.columns)})`;
      const rows = dml.select === null ? 'DEFAULT VALUES' : writeSelect(dml.select, scope);
      const upserts = dml.upserts.map((upsert) => writeUpsert(upsert, scope)).join('');
      return `${head}${columns} ${rows}${upserts}${writeReturning(dml.returning, scope)}`;
    }
    case 'update': {
      const head = `${writeWith(dml.with, scope)}UPDATE${writeOr(dml.or)} ${writeTarget(dml.target)} SET ${writeSet(dml.set, scope)}`;
      return `${head}${clause('FROM', dml.from && writeFrom(dml.from, scope))}${writeTail(dml, scope)}`;
    }
    case 'delete':
      return `${writeWith(dml.with, scope)}DELETE FROM ${writeTarget(dml.target)}${writeTail(dml, scope)}`;
  }
}

function writeTail(dml: Extract<Dml, { kind: 'update' | 'delete' }>, scope: Scope): string {
  const where = clause('WHERE', dml.where && writeExpr(dml.where, scope));
  return `${where}${writeReturning(dml.returning, scope)}${writeOrderBy(dml.orderBy, scope)}${writeLimit(dml, scope)}`;
}
