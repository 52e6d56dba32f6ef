/** A cursor over the tokens of one text, with the few moves that the grammar is written in. */
import { unquoted } from '../../sql/tokens.ts';
import { isJoinWord, isReservedWord } from './keywords.ts';
import { type Lexeme, lex } from './lex.ts';
import { type SyntaxFailure, syntaxFailure } from './problem.ts';

/** Deeper than D1 takes (100) and far from the end of our own stack. */
const MAX_DEPTH = 200;

export class Reader {
  readonly text: string;
  readonly #lexemes: readonly Lexeme[];
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.text = text;
    this.#lexemes = lex(text);
  }

  peek(ahead = 0): Lexeme {
    return this.#lexemes[Math.min(this.#at + ahead, this.#lexemes.length - 1)] as Lexeme;
  }

  /** The last one that was taken. */
  get last(): Lexeme {
    return this.#lexemes[Math.max(this.#at - 1, 0)] as Lexeme;
  }

  get atEnd(): boolean {
    return this.peek().kind === 'end';
  }

  next(): Lexeme {
    const lexeme = this.peek();
    if (lexeme.kind !== 'end') this.#at += 1;
    return lexeme;
  }

  /** Keywords in upper case, and symbols. */
  is(...words: readonly string[]): boolean {
    for (let ahead = 0; ahead < words.length; ahead += 1) if (this.peek(ahead).upper !== words[ahead]) return false;
    return true;
  }

  isOneOf(words: ReadonlySet<string>): boolean {
    return words.has(this.peek().upper);
  }

  take(...words: readonly string[]): boolean {
    if (!this.is(...words)) return false;
    this.#at += words.length;
    return true;
  }

  expect(...words: readonly string[]): void {
    for (const word of words) if (!this.take(word)) throw this.failure(`expected ${word}`);
  }

  expectEnd(): void {
    this.take(';');
    if (!this.atEnd) throw this.failure('expected the end');
  }

  failure(message: string): SyntaxFailure {
    const { kind, text, start } = this.peek();
    return syntaxFailure(
      `${message}, found ${kind === 'end' ? 'the end' : text.length > 40 ? `${text.slice(0, 40)}…` : text}`,
      start,
    );
  }

  /** Whether a name can be read here: SQLite takes strings for names, too, wherever only a name can stand. */
  isName(): boolean {
    const { kind, upper } = this.peek();
    return kind === 'quoted' || kind === 'string' || (kind === 'word' && !isReservedWord(upper));
  }

  name(what = 'a name'): string {
    if (!this.isName()) throw this.failure(`expected ${what}`);
    return unquoted(this.next().text);
  }

  /** `AS x`, or `x` alone: after which words of joins are no name. */
  alias(): string | null {
    if (this.take('AS')) return this.name('an alias');
    const { kind, upper } = this.peek();
    if (kind === 'word' && (isReservedWord(upper) || isJoinWord(upper))) return null;
    if (upper === 'WINDOW' && this.peek(2).upper === 'AS') return null;
    return this.isName() ? this.name() : null;
  }

  /** `a`, `a.b`, `a.b.c`. */
  path(what?: string): string[] {
    const path = [this.name(what)];
    while (path.length < 3 && this.take('.')) path.push(this.name());
    return path;
  }

  list<T>(item: () => T): T[] {
    const items = [item()];
    while (this.take(',')) items.push(item());
    return items;
  }

  parenthesized<T>(inner: () => T): T {
    this.expect('(');
    const value = inner();
    this.expect(')');
    return value;
  }

  nameList(): string[] {
    return this.parenthesized(() => this.list(() => this.name()));
  }

  /** Guards our own stack against a text of ten thousand parentheses. */
  nested<T>(inner: () => T): T {
    this.#depth += 1;
    if (this.#depth > MAX_DEPTH) throw this.failure(`nested more than ${MAX_DEPTH} deep`);
    const value = inner();
    this.#depth -= 1;
    return value;
  }

  /** Goes back to a place that `mark` gave. */
  get mark(): number {
    return this.#at;
  }
  reset(mark: number): void {
    this.#at = mark;
  }
}
