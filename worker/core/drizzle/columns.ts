/** A column of the code as the model has it: its builder and everything that is chained to it. */
import type { Expression, Node } from '@babel/types';
import type { ForeignKeyDef } from '../../protocol/schema.ts';
import {
  answerOf,
  type Context,
  columnRef,
  expanded,
  meaningIn,
  type Scope,
  type ShellColumn,
  type TableShell,
} from './context.ts';
import { checkHarmless } from './harmless.ts';
import { type DrizzleColumn, type DrizzleForeignKey, foreignKeyName, recased, uniqueName } from './model.ts';
import { bare, type Link, Refused, type SourceFile } from './source.ts';
import { isSqlExpression, type SqlPlace, sqlText } from './sql-text.ts';
import { beginOf, type ColumnType } from './types.ts';
import { constantValue, jsonOf, type Value } from './values.ts';

/** What `defaultNow()` stands for. */
const NOW = "(cast((julianday('now') - 2440587.5)*86400000 as integer))";

export interface ReadColumn {
  readonly column: DrizzleColumn;
  readonly foreignKeys: readonly { readonly key: DrizzleForeignKey; readonly link: Link }[];
}

type Draft = { -readonly [K in keyof DrizzleColumn]: DrizzleColumn[K] };

interface Work {
  readonly context: Context;
  readonly file: SourceFile;
  readonly scope: Scope;
  readonly table: TableShell;
  readonly shell: ShellColumn;
  readonly type: ColumnType;
  readonly draft: Draft;
  readonly foreignKeys: { key: DrizzleForeignKey; link: Link }[];
}

const valueIn = (context: Context, file: SourceFile, node: Node): Value =>
  constantValue(file, node, (each, name) => expanded(context, each, name));

/** `scope` has the builders' parameter, where the table's columns are a function. Throws `Refused`. */
export function readColumn(context: Context, table: TableShell, shell: ShellColumn, scope: Scope): ReadColumn {
  const { file, chain } = shell;
  const { type } = beginOf({ context, file, scope }, chain.base);
  const draft: Draft = {
    key: shell.key,
    name: shell.name,
    type: type.type,
    primaryKey: false,
    autoincrement: false,
    notNull: false,
    default: null,
    unique: null,
    generated: null,
  };
  const work: Work = { context, file, scope, table, shell, type, draft, foreignKeys: [] };
  for (const link of chain.links) applyLink(work, link);
  return { column: draft, foreignKeys: work.foreignKeys };
}

function applyLink(work: Work, link: Link): void {
  const { draft } = work;
  switch (link.name) {
    case 'notNull':
      takes(work, link, 0);
      draft.notNull = true;
      return;
    case 'primaryKey':
      takes(work, link, 1);
      draft.primaryKey = true;
      draft.notNull = true;
      draft.autoincrement = work.type.isInteger && isAutoIncrement(work, link);
      return;
    case 'unique':
      takes(work, link, 1);
      draft.unique = nameGiven(work, link) ?? uniqueName(work.table.name, [work.shell.plainName]);
      return;
    case 'default':
      draft.default = defaultOf(work, onlyArgument(work, link));
      return;
    case 'defaultNow':
      if (!work.type.hasDefaultNow) throw new Refused(work.file, link.node, 'only timestamps have defaultNow()');
      draft.default = NOW;
      return;
    case 'references':
      work.foreignKeys.push({ key: referenceOf(work, link), link });
      return;
    case 'generatedAlwaysAs':
      draft.generated = generatedOf(work, link);
      return;
    case '$type':
      takes(work, link, 0);
      return;
    case '$default':
    case '$defaultFn':
    case '$onUpdate':
    case '$onUpdateFn':
      checkCallback(work, onlyArgument(work, link));
      return;
    default:
      throw new Refused(work.file, link.node, `.${link.name}() is not a part of a column that can be read`);
  }
}

function takes({ file }: Work, link: Link, atMost: number): void {
  if (link.args.length > atMost) throw new Refused(file, link.args[atMost] as Node, `.${link.name}() takes no such argument`);
}

function onlyArgument({ file }: Work, link: Link): Node {
  const [only, ...more] = link.args;
  if (!only || more.length > 0) throw new Refused(file, link.node, `.${link.name}() takes one argument`);
  return only;
}

function isAutoIncrement({ context, file }: Work, link: Link): boolean {
  const config = link.args[0] ? valueIn(context, file, link.args[0]) : null;
  return config instanceof Map && config.get('autoIncrement') === true;
}

function nameGiven({ context, file }: Work, link: Link): string | null {
  const value = link.args[0] ? valueIn(context, file, link.args[0]) : null;
  if (value === null || (typeof value === 'string' && value !== '')) return value;
  throw new Refused(file, link.args[0] as Node, 'a name is a text');
}

const sqlPlace = ({ context, file, scope }: Work, style: SqlPlace['style']): SqlPlace => ({ context, file, scope, style });

/** drizzle-kit's rules for what stands behind DEFAULT. */
function defaultOf(work: Work, node: Node): Draft['default'] {
  const place = sqlPlace(work, 'none');
  if (isSqlExpression(place, node as Expression)) return sqlText(place, node);
  const value = valueIn(work.context, work.file, node);
  if (typeof value === 'number' || typeof value === 'boolean') return value;
  if (typeof value === 'bigint') return String(value);
  const text = typeof value === 'string' ? value : jsonOf(value);
  return `'${text.replaceAll("'", "''")}'`;
}

function generatedOf(work: Work, link: Link): Draft['generated'] {
  const [first, second] = link.args;
  if (!first) throw new Refused(work.file, link.node, '.generatedAlwaysAs() takes SQL');
  const config = second ? valueIn(work.context, work.file, second) : new Map<string, Value>();
  const mode = (config instanceof Map ? config.get('mode') : null) ?? 'virtual';
  if (mode !== 'virtual' && mode !== 'stored') throw new Refused(work.file, second as Node, 'the mode is virtual or stored');
  const expression = answerOf(first) ?? (first as Expression);
  const plain = bare(expression);
  const as = plain.type === 'StringLiteral' ? plain.value : sqlText(sqlPlace(work, 'bare'), expression);
  return { as, kind: mode };
}

const ACTIONS: readonly ForeignKeyDef['onDelete'][] = ['NO ACTION', 'RESTRICT', 'SET NULL', 'SET DEFAULT', 'CASCADE'];

export function actionOf(file: SourceFile, node: Node, value: Value | undefined): ForeignKeyDef['onDelete'] {
  if (value === undefined) return 'NO ACTION';
  const action = typeof value === 'string' ? ACTIONS.find((each) => each.toLowerCase() === value) : undefined;
  if (action === undefined) throw new Refused(file, node, 'this is no action of a foreign key');
  return action;
}

function referenceOf(work: Work, link: Link): DrizzleForeignKey {
  const { context, file, table, shell } = work;
  const [target, second] = link.args;
  const answer = answerOf(target);
  const found = answer ? columnRef(context, file, answer, work.scope) : null;
  if (!found)
    throw new Refused(file, target ?? link.node, '.references() takes a function that answers a column of a table in these files');
  const config = second ? valueIn(context, file, second) : new Map<string, Value>();
  if (!(config instanceof Map)) throw new Refused(file, second as Node, 'the actions are an object');
  const actions = config as ReadonlyMap<string, Value>;
  return {
    name: keyName(table, [shell], found.table, [found.column]),
    columns: [shell.name],
    table: found.table.name,
    references: [found.column.name],
    onUpdate: actionOf(file, second ?? link.node, actions.get('onUpdate')),
    onDelete: actionOf(file, second ?? link.node, actions.get('onDelete')),
  };
}

/** As drizzle-kit calls a foreign key; it swaps cased names into a name that was given, too. */
export function keyName(
  table: TableShell,
  columns: readonly ShellColumn[],
  other: TableShell,
  references: readonly ShellColumn[],
  given?: string,
): string {
  const plain = (side: readonly ShellColumn[]) => side.map(({ plainName }) => plainName);
  const names = (side: readonly ShellColumn[]) => side.map(({ name }) => name);
  const name = given ?? foreignKeyName(table.name, plain(columns), other.name, plain(references));
  return recased(recased(name, plain(columns), names(columns)), plain(references), names(references));
}

/** What the application runs when it inserts or updates. */
function checkCallback({ context, file, scope }: Work, node: Node): void {
  const plain = bare(node as Expression);
  if (plain.type !== 'ArrowFunctionExpression' && plain.type !== 'FunctionExpression') {
    throw new Refused(file, plain, 'a function has to stand here');
  }
  checkHarmless(file, plain, (name) => {
    if (scope.has(name)) return false;
    const meaning = meaningIn(context, file, name);
    return meaning?.kind === 'declared' || (meaning?.kind === 'package' && meaning.name === 'sql');
  });
}
