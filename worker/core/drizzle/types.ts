/** Column builders: drizzle's own and `customType`, as far as the type of the column goes. */
import type { Expression, Node } from '@babel/types';
import { answerOf, type Context, EMPTY_SCOPE, expanded, packageFunction, type Scope } from './context.ts';
import { checkHarmless } from './harmless.ts';
import { bare, keyOf, Refused, type SourceFile } from './source.ts';
import { constantValue, type Value } from './values.ts';

export interface ColumnType {
  /** As SQL. */
  readonly type: string;
  /** `.primaryKey({ autoIncrement })` means something. */
  readonly isInteger: boolean;
  readonly hasDefaultNow: boolean;
}

type Config = ReadonlyMap<string, Value>;

const MODES: Readonly<Record<string, readonly string[]>> = {
  integer: ['number', 'timestamp', 'timestamp_ms', 'boolean'],
  int: ['number', 'timestamp', 'timestamp_ms', 'boolean'],
  text: ['text', 'json'],
  blob: ['buffer', 'json', 'bigint'],
  numeric: ['string', 'number', 'bigint'],
  real: [],
};
export const BUILDERS: readonly string[] = Object.keys(MODES);

export interface Begin {
  readonly type: ColumnType;
  /** Given as the first argument; null: the property's name. */
  readonly name: string | null;
}

interface Place {
  readonly context: Context;
  readonly file: SourceFile;
  readonly scope: Scope;
}

const lookupIn = (context: Context) => (file: SourceFile, name: string) => expanded(context, file, name);

/** `(name?, config?)` or `(config?)`. */
function argumentsOf({ context, file }: Place, call: Node, args: readonly Node[]): { name: string | null; config: Config } {
  const values = args.map((arg) => constantValue(file, arg, lookupIn(context)));
  const name = typeof values[0] === 'string' ? values[0] : null;
  const rest = name === null ? values : values.slice(1);
  const [config = new Map<string, Value>(), ...more] = rest;
  if (!(config instanceof Map) || more.length > 0) throw new Refused(file, call, 'a column takes a name and a configuration');
  return { name: name === '' ? null : name, config };
}

const text = (config: Config, key: string): string => {
  const value = config.get(key);
  return typeof value === 'string' ? value : '';
};

/** The column that `integer('id', { mode })` begins. */
export function beginOf(place: Place, base: Expression): Begin {
  if (base.type !== 'CallExpression')
    throw new Refused(place.file, base, 'a column begins with integer(), text(), real(), blob() or numeric()');
  const name = packageFunction(place.context, place.file, base.callee, place.scope);
  const own = name === null ? customOf(place, base.callee) : null;
  if (own === null && (name === null || !BUILDERS.includes(name))) {
    throw new Refused(
      place.file,
      base,
      'a column begins with integer(), text(), real(), blob(), numeric() or a customType of these files',
    );
  }
  const given = argumentsOf(place, base, base.arguments);
  if (own) return { name: given.name, type: { type: own(given.config), isInteger: false, hasDefaultNow: false } };
  return { name: given.name, type: builtIn(place, base, name as string, given.config) };
}

function builtIn({ file }: Place, call: Node, builder: string, config: Config): ColumnType {
  const mode = text(config, 'mode');
  if (mode !== '' && !MODES[builder]?.includes(mode))
    throw new Refused(file, call, `${builder}() has no mode ${JSON.stringify(mode)}`);
  const isInteger = builder === 'integer' || builder === 'int';
  const length = builder === 'text' && mode !== 'json' ? config.get('length') : undefined;
  const type = isInteger ? 'integer' : length ? `text(${length})` : builder;
  if (length !== undefined && typeof length !== 'number') throw new Refused(file, call, 'a length is a number');
  return { type, isInteger, hasDefaultNow: isInteger && mode.startsWith('timestamp') };
}

/** `customType({ dataType: … })` as a function from its configuration to a type; null when the callee is none. */
function customOf(place: Place, callee: Node): ((config: Config) => string) | null {
  if (callee.type !== 'Identifier' || place.scope.has(callee.name)) return null;
  const found = expanded(place.context, place.file, callee.name);
  if (!found) return null;
  const init = bare(found.init);
  if (init.type !== 'CallExpression') return null;
  if (packageFunction(place.context, found.file, init.callee, EMPTY_SCOPE) !== 'customType') return null;
  return dataTypeOf(found.file, init.arguments[0]);
}

/** Checks all of a custom type: its codecs too, which the application will run. */
export function dataTypeOf(file: SourceFile, params: Node | undefined): (config: Config) => string {
  if (params?.type !== 'ObjectExpression') throw new Refused(file, params ?? 0, 'customType takes an object');
  let dataType: ((config: Config) => string) | null = null;
  for (const property of params.properties) {
    const key = property.type === 'SpreadElement' ? null : keyOf(property);
    const body = property.type === 'ObjectProperty' ? bare(property.value as Expression) : property;
    if (
      key === null ||
      (body.type !== 'ObjectMethod' && body.type !== 'ArrowFunctionExpression' && body.type !== 'FunctionExpression')
    ) {
      throw new Refused(file, property, 'a custom type consists of functions');
    }
    if (key === 'dataType') dataType = typeFunction(file, body);
    else checkHarmless(file, body, () => false);
  }
  if (!dataType) throw new Refused(file, params, 'a custom type needs dataType');
  return dataType;
}

type FunctionNode = Extract<Node, { type: 'ArrowFunctionExpression' | 'FunctionExpression' | 'ObjectMethod' }>;

/** `() => 'integer'` or `(config) => `varchar(${config.length})``. */
function typeFunction(file: SourceFile, node: FunctionNode): (config: Config) => string {
  const body = node.type === 'ObjectMethod' ? onlyReturn(node) : answerOf(node);
  if (!body) throw new Refused(file, node, 'dataType has to answer a text');
  if (body.type === 'StringLiteral') return () => body.value;
  if (body.type !== 'TemplateLiteral') throw new Refused(file, body, 'dataType has to answer a text');
  const parts = body.quasis.map(({ value }) => value.cooked ?? '');
  const keys = body.expressions.map((each) => configKey(file, node.params[0], each as Node));
  return (config) =>
    parts.map((part, n) => part + (n < keys.length ? String(scalar(file, body, config.get(keys[n] as string))) : '')).join('');
}

function scalar(file: SourceFile, node: Node, value: Value | undefined): string | number {
  if (typeof value === 'string' || typeof value === 'number') return value;
  throw new Refused(file, node, 'the configuration of the column has no such value');
}

function configKey(file: SourceFile, parameter: Node | undefined, inserted: Node): string {
  const node = bare(inserted as Expression);
  if (parameter?.type === 'ObjectPattern' && node.type === 'Identifier') return node.name;
  const isMember = node.type === 'MemberExpression' || node.type === 'OptionalMemberExpression';
  if (isMember && !node.computed && node.object.type === 'Identifier' && parameter?.type === 'Identifier') {
    if (node.object.name === parameter.name && node.property.type === 'Identifier') return node.property.name;
  }
  throw new Refused(file, inserted, 'dataType may insert values of its configuration and nothing else');
}

function onlyReturn(node: Extract<Node, { type: 'ObjectMethod' }>): Expression | null {
  const [only, ...more] = node.body.body;
  return only?.type === 'ReturnStatement' && only.argument && more.length === 0 ? bare(only.argument) : null;
}
