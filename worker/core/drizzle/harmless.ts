/**
 * Functions in a schema file (`$defaultFn`, codecs of custom types, `relations`) are not run here, but by the application once the
 * file is in its checkout. So their bodies may convert values and no more: no assignment, no import, no way to a global.
 */
import type { Expression, Node } from '@babel/types';
import { bare, keyOf, Refused, type SourceText } from './source.ts';

/** Globals that calculate. `crypto` only for `randomUUID`. */
const GLOBALS: ReadonlySet<string> = new Set([
  'BigInt',
  'Boolean',
  'Date',
  'JSON',
  'Math',
  'Number',
  'String',
  'Uint8Array',
  'TextEncoder',
  'TextDecoder',
  'undefined',
  'NaN',
  'Infinity',
]);
const CALLS_OF_GLOBALS: ReadonlySet<string> = new Set([
  'crypto.randomUUID',
  'performance.now',
  'Array.isArray',
  'Array.from',
  'Object.keys',
]);
/** Roads from a value to what made it, and so to running text. */
const FORBIDDEN_PROPERTIES =
  /^(?:constructor|prototype|__proto__|__(?:define|lookup)[GS]etter__|call|apply|bind|caller|callee|arguments)$/;
const MAX_DEPTH = 60;

/** What a name means outside of the function: true where it may be used. */
export type KnownName = (name: string) => boolean;

interface Scope {
  readonly file: SourceText;
  readonly known: KnownName;
  readonly locals: ReadonlySet<string>;
  readonly depth: number;
}

type FunctionNode = Extract<Node, { type: 'ArrowFunctionExpression' | 'FunctionExpression' | 'ObjectMethod' }>;

const refuse = (scope: Scope, node: Node, what: string): never => {
  throw new Refused(scope.file, node, `${what} has no place in a schema: functions here may convert values and no more`);
};

/** Throws `Refused` at the first thing that is more than a conversion. */
export function checkHarmless(file: SourceText, node: FunctionNode, known: KnownName): void {
  checkFunction({ file, known, locals: new Set(), depth: 0 }, node);
}

/** Names that a pattern binds. Defaults in it are expressions of their own. */
function bind(scope: Scope, pattern: Node, names: Set<string>): void {
  switch (pattern.type) {
    case 'Identifier':
      names.add(pattern.name);
      return;
    case 'ObjectPattern':
      for (const property of pattern.properties) {
        if (property.type === 'RestElement') bind(scope, property.argument, names);
        else if (keyOf(property) === null) refuse(scope, property, 'a computed name');
        else bind(scope, property.value, names);
      }
      return;
    case 'ArrayPattern':
      for (const element of pattern.elements) if (element) bind(scope, element, names);
      return;
    case 'AssignmentPattern':
      bind(scope, pattern.left, names);
      check(scope, pattern.right);
      return;
    default:
      refuse(scope, pattern, pattern.type);
  }
}

function checkFunction(scope: Scope, node: FunctionNode): void {
  if (node.async || node.generator) refuse(scope, node, 'an asynchronous function');
  const locals = new Set(scope.locals);
  for (const parameter of node.params) bind(scope, parameter, locals);
  const inside = { ...scope, locals, depth: scope.depth + 1 };
  if (node.body.type !== 'BlockStatement') {
    check(inside, node.body);
    return;
  }
  for (const statement of node.body.body) checkStatement(inside, locals, statement);
}

function checkStatement(scope: Scope, locals: Set<string>, statement: Node): void {
  if (statement.type === 'ReturnStatement') {
    if (statement.argument) check(scope, statement.argument);
    return;
  }
  if (statement.type !== 'VariableDeclaration' || statement.kind !== 'const') {
    refuse(scope, statement, 'this statement');
    return;
  }
  for (const { id, init } of statement.declarations) {
    if (init) check(scope, init);
    bind(scope, id, locals);
  }
}

const nameOfCallee = (node: Node): string | null =>
  node.type === 'MemberExpression' && !node.computed && node.object.type === 'Identifier' && node.property.type === 'Identifier'
    ? `${node.object.name}.${node.property.name}`
    : null;

function check(outer: Scope, expression: Node): void {
  const scope = { ...outer, depth: outer.depth + 1 };
  if (scope.depth > MAX_DEPTH) refuse(scope, expression, 'an expression so deep');
  const node = bare(expression as Expression) as Node;
  switch (node.type) {
    case 'StringLiteral':
    case 'NumericLiteral':
    case 'BooleanLiteral':
    case 'BigIntLiteral':
    case 'NullLiteral':
      return;
    case 'Identifier':
      if (!scope.locals.has(node.name) && !GLOBALS.has(node.name) && !scope.known(node.name)) refuse(scope, node, node.name);
      return;
    case 'TemplateLiteral':
      checkAll(scope, node.expressions);
      return;
    case 'TaggedTemplateExpression':
      check(scope, node.tag);
      checkAll(scope, node.quasi.expressions);
      return;
    case 'UnaryExpression':
      if (node.operator === 'delete' || node.operator === 'throw') refuse(scope, node, `\`${node.operator}\``);
      check(scope, node.argument);
      return;
    case 'BinaryExpression':
    case 'LogicalExpression':
      checkAll(scope, [node.left, node.right]);
      return;
    case 'ConditionalExpression':
      checkAll(scope, [node.test, node.consequent, node.alternate]);
      return;
    case 'ArrayExpression':
      checkAll(scope, node.elements);
      return;
    case 'SpreadElement':
      check(scope, node.argument);
      return;
    case 'ObjectExpression':
      for (const property of node.properties) checkProperty(scope, property);
      return;
    case 'ArrowFunctionExpression':
    case 'FunctionExpression':
      checkFunction(scope, node);
      return;
    case 'MemberExpression':
    case 'OptionalMemberExpression':
      checkMember(scope, node);
      return;
    case 'CallExpression':
    case 'OptionalCallExpression':
      if (!CALLS_OF_GLOBALS.has(nameOfCallee(node.callee) ?? '')) check(scope, node.callee);
      checkAll(scope, node.arguments);
      return;
    case 'NewExpression':
      if (node.callee.type !== 'Identifier' || !GLOBALS.has(node.callee.name)) refuse(scope, node, 'such a `new`');
      checkAll(scope, node.arguments);
      return;
    default:
      refuse(scope, node, node.type);
  }
}

function checkAll(scope: Scope, nodes: readonly (Node | null)[]): void {
  for (const node of nodes) if (node) check(scope, node);
}

function checkProperty(scope: Scope, property: Node): void {
  if (property.type === 'SpreadElement') {
    check(scope, property.argument);
    return;
  }
  if (property.type !== 'ObjectProperty' && property.type !== 'ObjectMethod') {
    refuse(scope, property, property.type);
    return;
  }
  const key = keyOf(property);
  if (key === null || key === '__proto__') refuse(scope, property, 'such a property');
  if (property.type === 'ObjectMethod') checkFunction(scope, property);
  else check(scope, property.value);
}

function checkMember(scope: Scope, node: Extract<Node, { type: 'MemberExpression' | 'OptionalMemberExpression' }>): void {
  check(scope, node.object);
  if (node.computed) {
    // `value[0]` converts; `value[name]` could be any property.
    if (node.property.type !== 'NumericLiteral') refuse(scope, node.property, 'a computed property');
  } else if (node.property.type !== 'Identifier' || FORBIDDEN_PROPERTIES.test(node.property.name)) {
    refuse(scope, node.property, 'this property');
  }
}
