/** What a source file imports and calls, from its syntax tree: comments and strings cannot be mistaken for code. */
import { parseSync } from 'vite';

export interface Source {
  /** Module specifiers: imports, re-exports, `import()` and types' `import('…')`. */
  readonly imports: readonly string[];
  /** Names of what is called or constructed: `fetch`, `Date.now`, `new WebSocket`. `new Date` only without arguments, as it reads the clock. */
  readonly calls: readonly string[];
  /** Kinds of the branching statements and expressions in it. */
  readonly branches: readonly string[];
}

interface Node {
  readonly type: string;
  readonly [key: string]: unknown;
}

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';

function* nodesOf(value: unknown): Generator<Node> {
  if (Array.isArray(value)) for (const item of value) yield* nodesOf(item);
  else if (isNode(value)) {
    yield value;
    for (const child of Object.values(value)) if (typeof child === 'object') yield* nodesOf(child);
  }
}

const text = (node: unknown): string | null =>
  isNode(node) && node.type === 'Literal' && typeof node.value === 'string' ? node.value : null;

function nameOf(node: unknown): string | null {
  if (!isNode(node)) return null;
  if (node.type === 'Identifier') return String(node.name);
  if (node.type !== 'MemberExpression' || node.computed === true) return null;
  const object = nameOf(node.object);
  return object === null ? null : `${object}.${nameOf(node.property)}`.replace(/^globalThis\./, '');
}

function callOf(node: Node): string | null {
  if (node.type === 'CallExpression') return nameOf(node.callee);
  if (node.type !== 'NewExpression') return null;
  const name = nameOf(node.callee);
  return name === 'Date' && (node.arguments as unknown[]).length > 0 ? null : `new ${name}`;
}

const BRANCHES = new Set(['IfStatement', 'ConditionalExpression', 'SwitchStatement']);

/** Throws when the file cannot be parsed: then nothing could be said about it. */
export function readSource(path: string, code: string): Source {
  const parsed = parseSync(path, code);
  const error = parsed.errors[0];
  if (error !== undefined) throw new Error(`${path}: ${error.message}`);
  const nodes = [...nodesOf(parsed.program)];
  const present = <T>(values: (T | null)[]) => [...new Set(values.filter((value): value is T => value !== null))];
  return {
    imports: present(nodes.map((node) => text(node.source))),
    calls: present(nodes.map(callOf)),
    branches: nodes.map((node) => node.type).filter((type) => BRANCHES.has(type)),
  };
}
