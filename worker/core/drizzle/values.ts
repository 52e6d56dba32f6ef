/** Constant values in schema files: literals, arrays and objects of them, and names of constants. Maps, so that no key can be special. */
import type { Expression, Node } from '@babel/types';
import { bare, keyOf, Refused, type SourceFile } from './source.ts';

export type Value = string | number | boolean | bigint | null | readonly Value[] | ReadonlyMap<string, Value>;

/** What an identifier stands for: an expression and the file it is in. */
export type Lookup = (file: SourceFile, name: string) => { readonly file: SourceFile; readonly init: Expression } | null;

const MAX_DEPTH = 60;

/** Throws `Refused` for anything that is not constant. */
export function constantValue(file: SourceFile, expression: Node, lookup: Lookup, depth = 0): Value {
  if (depth > MAX_DEPTH) throw new Refused(file, expression, 'this is nested too deeply');
  const node = bare(expression as Expression) as Node;
  switch (node.type) {
    case 'StringLiteral':
    case 'NumericLiteral':
    case 'BooleanLiteral':
      return node.value;
    case 'BigIntLiteral':
      return bigintOf(file, node, String(node.value));
    case 'NullLiteral':
      return null;
    case 'TemplateLiteral':
      if (node.expressions.length === 0) return node.quasis[0]?.value.cooked ?? '';
      break;
    case 'UnaryExpression':
      return signed(file, node, lookup, depth);
    case 'ArrayExpression':
      return node.elements.map((element) => {
        if (!element || element.type === 'SpreadElement') throw new Refused(file, element ?? node, 'only values can stand here');
        return constantValue(file, element, lookup, depth + 1);
      });
    case 'ObjectExpression':
      return objectOf(file, node, lookup, depth);
    case 'Identifier': {
      const found = lookup(file, node.name);
      if (found) return constantValue(found.file, found.init, lookup, depth + 1);
      break;
    }
  }
  throw new Refused(file, node, 'only a constant value can stand here');
}

function bigintOf(file: SourceFile, node: Node, digits: string): bigint {
  if (digits.length > 100) throw new Refused(file, node, 'such a number is no value of a column');
  return BigInt(digits);
}

function signed(file: SourceFile, node: Extract<Node, { type: 'UnaryExpression' }>, lookup: Lookup, depth: number): Value {
  const value = constantValue(file, node.argument, lookup, depth + 1);
  if (typeof value === 'number' && node.operator === '-') return -value;
  if (typeof value === 'number' && node.operator === '+') return value;
  if (typeof value === 'bigint' && node.operator === '-') return -value;
  throw new Refused(file, node, 'only a constant value can stand here');
}

function objectOf(
  file: SourceFile,
  node: Extract<Node, { type: 'ObjectExpression' }>,
  lookup: Lookup,
  depth: number,
): ReadonlyMap<string, Value> {
  const values = new Map<string, Value>();
  for (const property of node.properties) {
    const key = property.type === 'ObjectProperty' ? keyOf(property) : null;
    if (property.type !== 'ObjectProperty' || key === null || key === '__proto__') {
      throw new Refused(file, property, 'only plain properties can stand here');
    }
    values.set(key, constantValue(file, property.value, lookup, depth + 1));
  }
  return values;
}

/** As JSON.stringify writes the same value. */
export function jsonOf(value: Value): string {
  if (Array.isArray(value)) return `[${value.map(jsonOf).join(',')}]`;
  if (value instanceof Map) {
    return `{${[...(value as ReadonlyMap<string, Value>)].map(([key, each]) => `${JSON.stringify(key)}:${jsonOf(each)}`).join(',')}}`;
  }
  return typeof value === 'bigint' ? String(value) : JSON.stringify(value);
}
