/** Views for the writer: the text of their SELECT, and columns as far as they can be told from it. */
import type { ColumnDef, SchemaDef, ViewDef } from '../../protocol/schema.ts';
import { type Expr, parseExpression, type Select } from '../schema/ddl/index.ts';
import { foldName } from '../schema/names.ts';
import { isWord, meaningful } from '../sql/tokens.ts';
import { builderCode, type Emitter } from './code.ts';
import { camelCase, freeName, isTakenKey, keyCode } from './js-text.ts';

/** As it was written where that is known, else in normal form. */
export function viewBody(view: ViewDef): string {
  const sql = view.sql;
  if (sql === null) return view.select;
  let depth = 0;
  for (const token of meaningful(sql)) {
    if (sql[token.start] === '(') depth += 1;
    else if (sql[token.start] === ')') depth -= 1;
    // Names that are words of the language are quoted: the first AS outside of parentheses is the one.
    else if (depth === 0 && isWord(sql, token, 'AS')) return sql.slice(token.end).replace(/;\s*$/, '').trimEnd().replace(/^ /, '');
  }
  return view.select;
}

interface ResultColumn {
  readonly name: string;
  /** The column that it shows, where it shows one. */
  readonly column: ColumnDef | null;
  readonly type: ColumnDef['type'];
}

/** What a function answers, where all its answers are of one type. */
const FUNCTION_TYPES: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    'count length instr unixepoch row_number rank dense_rank changes unicode'.split(' ').map((name) => [name, 'INTEGER']),
  ),
  ...Object.fromEntries('avg total julianday'.split(' ').map((name) => [name, 'REAL'])),
};

function typeOf(expression: Expr): string {
  switch (expression.kind) {
    case 'call':
      return (
        (Object.hasOwn(FUNCTION_TYPES, expression.name.toLowerCase()) && FUNCTION_TYPES[expression.name.toLowerCase()]) || 'TEXT'
      );
    case 'literal':
      return expression.type === 'integer' ? 'INTEGER' : expression.type === 'real' ? 'REAL' : 'TEXT';
    case 'cast':
      return ['INTEGER', 'REAL', 'NUMERIC', 'BLOB'].includes(expression.type.toUpperCase())
        ? expression.type.toUpperCase()
        : 'TEXT';
    case 'exists':
    case 'null-test':
    case 'in':
    case 'between':
    case 'like':
      return 'INTEGER';
    case 'subselect': {
      const first = expression.select.cores[0]?.core;
      const only = first?.kind === 'select' && first.columns.length === 1 ? first.columns[0] : undefined;
      return only?.kind === 'expression' ? typeOf(only.expression) : 'TEXT';
    }
    default:
      return 'TEXT';
  }
}

type Core = Extract<Select['cores'][number]['core'], { kind: 'select' }>;

/** Tables that it reads from, by the name that they have there. Null: something else is among them. */
function sourcesOf(core: Core, schema: SchemaDef): Map<string, ColumnDef[]> | null {
  const sources = new Map<string, ColumnDef[]>();
  for (const { source, join } of core.from ?? []) {
    if (source.kind !== 'table' || source.args !== null) return null;
    const name = source.path.at(-1) as string;
    const table = schema.tables.find((each) => foldName(each.name) === foldName(name));
    // What an outer join adds may be NULL, whatever its column says.
    const columns = (table?.columns ?? []).map((column) => ({
      ...column,
      notNull: column.notNull && !/LEFT|FULL|RIGHT/.test(join ?? ''),
    }));
    sources.set(foldName(source.alias ?? name), columns);
  }
  return sources;
}

function shownColumn(expression: Expr, sources: ReadonlyMap<string, ColumnDef[]>): ColumnDef | null {
  if (expression.kind !== 'column') return null;
  const name = foldName(expression.path.at(-1) as string);
  const owner = expression.path.length > 1 ? foldName(expression.path.at(-2) as string) : null;
  const candidates = owner === null ? [...sources.values()].flat() : (sources.get(owner) ?? []);
  return candidates.find((column) => foldName(column.name) === name) ?? null;
}

function resultsOf(core: Core, schema: SchemaDef): ResultColumn[] | null {
  const sources = sourcesOf(core, schema) ?? new Map<string, ColumnDef[]>();
  const results: ResultColumn[] = [];
  for (const result of core.columns) {
    if (result.kind !== 'expression') return null;
    const column = shownColumn(result.expression, sources);
    const path = result.expression.kind === 'column' ? result.expression.path.at(-1) : undefined;
    const name = result.alias ?? column?.name ?? path;
    if (name === undefined) return null;
    results.push({ name, column, type: column?.type ?? typeOf(result.expression) });
  }
  return results;
}

/** Lines `id: integer().notNull()` for the view's columns; none where a `*` or a nameless expression hides them. */
export function viewColumns(emitter: Emitter, view: ViewDef, schema: SchemaDef): string[] {
  const core = selectOf(view.select)?.cores[0]?.core;
  const results = core?.kind === 'select' ? resultsOf(core, schema) : null;
  if (!results || (view.columns && view.columns.length !== results.length)) return [];
  const taken = new Set<string>();
  return results.map(({ name: own, column, type }, n) => {
    const name = view.columns?.[n] ?? own;
    const plain = camelCase(name, 'column');
    const key = freeName(isTakenKey(plain) ? `${plain}Column` : plain, taken);
    const def: ColumnDef = {
      name,
      type,
      affinity: column?.affinity ?? 'text',
      notNull: column?.notNull ?? false,
      default: null,
      collation: 'BINARY',
      generated: null,
    };
    return `${keyCode(key)}: ${builderCode(emitter, def, key)}${def.notNull ? '.notNull()' : ''}`;
  });
}

function selectOf(text: string): Select | null {
  const parsed = parseExpression(`(${text})`, { subselects: true });
  return parsed.kind === 'expression' && parsed.tree.kind === 'subselect' ? parsed.tree.select : null;
}
