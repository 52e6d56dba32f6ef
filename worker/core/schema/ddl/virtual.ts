/** CREATE VIRTUAL TABLE: its arguments are words of the module, which SQLite hands over as they stand. */
import type { VirtualTableDef } from '../../../protocol/schema.ts';
import { textLiteral } from '../../sql/quote.ts';
import { unquoted } from '../../sql/tokens.ts';
import { foldName } from '../names.ts';
import type { Lexeme } from './lex.ts';
import type { Reader } from './reader.ts';
import { writeName } from './write-expression.ts';

/** After `CREATE VIRTUAL TABLE name`. */
export function virtualTableDef(reader: Reader, sql: string, name: string): VirtualTableDef {
  reader.expect('USING');
  const module = foldName(reader.name('a module'));
  return { name, module, args: reader.is('(') ? argumentsOf(reader, module) : [], sql };
}

function argumentsOf(reader: Reader, module: string): string[] {
  reader.expect('(');
  const args: Lexeme[][] = [[]];
  for (let depth = 0; ; ) {
    const lexeme = reader.peek();
    if (lexeme.kind === 'end') throw reader.failure('expected )');
    if (depth === 0 && lexeme.upper === ')') break;
    if (lexeme.upper === '(') depth += 1;
    if (lexeme.upper === ')') depth -= 1;
    if (depth === 0 && lexeme.upper === ',') args.push([]);
    else args.at(-1)?.push(lexeme);
    reader.next();
  }
  reader.expect(')');
  const normal = args.map((arg) => normalArgument(arg, module));
  return normal.length === 1 && normal[0] === '' ? [] : normal;
}

/** `key = value`, with the value as a string unless it is a number; or a column and its options. */
function normalArgument(arg: readonly Lexeme[], module: string): string {
  const [first, equals, value, more] = arg;
  if (!first) return '';
  if (first.kind === 'word' && equals?.upper === '=' && !more) {
    const text = value === undefined ? '' : unquoted(value.text);
    return `${foldName(first.text)}=${/^\d+$/.test(text) ? text : textLiteral(text)}`;
  }
  if (module === 'fts5') return columnArgument(arg);
  // R*Tree reads `+name` as a column that is not indexed, and only without a space.
  return arg
    .map(({ kind, text }) => (kind === 'quoted' || kind === 'string' ? writeName(unquoted(text)) : text))
    .join(' ')
    .replace(/^\+ /, '+');
}

/** FTS5 gives its columns the names as written; options such as UNINDEXED follow. */
function columnArgument([first, ...options]: readonly Lexeme[]): string {
  const name = first && first.kind !== 'number' ? writeName(unquoted(first.text)) : (first?.text ?? '');
  return [name, ...options.map(({ text, upper }) => upper || text)].join(' ');
}
