/**
 * A schema file as a syntax tree. The text is data: it is parsed here and nowhere run, so what it contains can at worst be refused.
 */
import { type ParserOptions, parse } from '@babel/parser';
import type { Expression, File, Node } from '@babel/types';
import type { SourceProblem } from '../../protocol/schema.ts';

export interface SourceText {
  readonly path: string;
  readonly text: string;
}

export interface SourceFile extends SourceText {
  readonly program: File['program'];
  /** Comments, in order. */
  readonly comments: readonly { readonly start: number; readonly end: number; readonly block: boolean }[];
}

/** Beyond that nobody edits a schema by hand, and the parser's tree would be a burden. */
export const MAX_FILE_CHARS = 1_000_000;

/** A part of a file that is not in the subset. Thrown inside the reader only; each declaration is read for itself. */
export class Refused extends Error {
  readonly file: SourceText;
  readonly at: number;
  constructor(file: SourceText, at: number | Node, message: string) {
    super(message);
    this.file = file;
    this.at = typeof at === 'number' ? at : (at.start ?? 0);
  }
}

/** Lines and columns from 1, as editors count. */
export function positionOf(text: string, at: number): { line: number; column: number } {
  const before = text.slice(0, at);
  const lastBreak = before.lastIndexOf('\n');
  return { line: before.split('\n').length, column: at - lastBreak };
}

export const problemOf = ({ file, at, message }: Refused): SourceProblem => ({
  path: file.path,
  ...positionOf(file.text, at),
  message,
});

const OPTIONS: ParserOptions = { sourceType: 'module', plugins: ['typescript'], attachComment: false };

/** Throws `Refused` for what is no TypeScript, or too large or too deep to read. */
export function parseSource(file: SourceText): SourceFile {
  if (file.text.length > MAX_FILE_CHARS) throw new Refused(file, 0, `the file has more than ${MAX_FILE_CHARS} characters`);
  try {
    const { program, comments } = parse(file.text, OPTIONS);
    const seen = (comments ?? []).map(({ start, end, type }) => ({
      start: start ?? 0,
      end: end ?? 0,
      block: type === 'CommentBlock',
    }));
    return { ...file, program, comments: seen };
  } catch (error) {
    if (error instanceof RangeError) throw new Refused(file, 0, 'the file is nested too deeply to be read');
    const { pos, message } = error as { pos?: number; message: string };
    throw new Refused(file, pos ?? 0, message.replace(/ \(\d+:\d+\)$/, ''));
  }
}

/** Without what only the compiler sees: `as const`, `satisfies`, `!`, parentheses. */
export function bare(node: Expression): Expression {
  let inner = node;
  for (;;) {
    switch (inner.type) {
      case 'TSAsExpression':
      case 'TSSatisfiesExpression':
      case 'TSNonNullExpression':
      case 'TSTypeAssertion':
      case 'ParenthesizedExpression':
        inner = inner.expression;
        break;
      default:
        return inner;
    }
  }
}

/** The name of a property that is written out: `a`, `'a'`; null for a computed one. */
export function keyOf(node: { readonly key: Node; readonly computed?: boolean | null }): string | null {
  if (node.computed) return null;
  if (node.key.type === 'Identifier') return node.key.name;
  return node.key.type === 'StringLiteral' ? node.key.value : null;
}

export interface Link {
  readonly name: string;
  readonly args: readonly Node[];
  /** From the end of what it is called on to its closing parenthesis. */
  readonly start: number;
  readonly end: number;
  readonly node: Node;
}

export interface Chain {
  /** `integer('id')` of `integer('id').notNull()`, or an identifier. */
  readonly base: Expression;
  readonly links: readonly Link[];
}

/** A call and the calls chained to it, first one first. Goes down without recursion: a chain may have any length. */
export function chainOf(node: Expression): Chain {
  const links: Link[] = [];
  let at = bare(node);
  while (at.type === 'CallExpression' && at.callee.type === 'MemberExpression' && !at.callee.computed) {
    const object = bare(at.callee.object as Expression);
    if (object.type !== 'CallExpression') break;
    const { property } = at.callee;
    const name = property.type === 'Identifier' ? property.name : '';
    links.push({ name, args: at.arguments, start: at.callee.object.end ?? 0, end: at.end ?? 0, node: property });
    at = object;
  }
  return { base: at, links: links.reverse() };
}
