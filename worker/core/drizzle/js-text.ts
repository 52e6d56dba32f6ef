/** JavaScript as text: literals, names, and calls broken over lines as a person would. */

const ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  "'": "\\'",
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\0': '\\x00',
};
const hex = (char: string): string => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** In double quotes where that saves escapes, as formatters do. */
export function stringCode(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const body = text.replaceAll(/[\\'"\u0000-\u001f\u007f\u2028\u2029\ud800-\udfff]/gu, (char) => {
    if (char === "'" || char === '"') return char === quote ? `\\${char}` : char;
    return ESCAPES[char] ?? hex(char);
  });
  return `${quote}${body}${quote}`;
}

/** Between the backticks of a template. */
export const templateBody = (text: string): string =>
  text
    .replaceAll(/[\\`]|\$(?=\{)/g, (char) => `\\${char}`)
    .replaceAll(/[\r\u0000\u2028\u2029\ud800-\udfff]/gu, (char) => (char === '\0' ? '\\x00' : char === '\r' ? '\\r' : hex(char)));

export const isIdentifier = (text: string): boolean => /^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(text);
export const keyCode = (key: string): string => (isIdentifier(key) ? key : stringCode(key));
export const memberCode = (object: string, key: string): string =>
  isIdentifier(key) ? `${object}.${key}` : `${object}[${stringCode(key)}]`;

const RESERVED: ReadonlySet<string> = new Set(
  (
    'arguments await break case catch class const continue debugger default delete do else enum eval export extends false finally for ' +
    'function if implements import in instanceof interface let new null package private protected public return static super switch ' +
    'this throw true try typeof undefined var void while with yield NaN Infinity'
  ).split(' '),
);
/** What every drizzle table has already, and what every object has. */
const TAKEN_KEYS: ReadonlySet<string> = new Set(
  '_ $inferSelect $inferInsert getSQL shouldOmitSQLParens enableRLS constructor prototype toString valueOf hasOwnProperty isPrototypeOf then'.split(
    ' ',
  ),
);

export const isReservedName = (name: string): boolean => RESERVED.has(name);
export const isTakenKey = (key: string): boolean => TAKEN_KEYS.has(key) || key === '__proto__';

/** `order notes`, `ORDER_NOTES` and `OrderNotes` are `orderNotes`. */
export function camelCase(name: string, fallback: string): string {
  const words = name.match(/[\p{L}\p{N}$]+/gu) ?? [];
  const text = words.map((word, n) => (n === 0 ? lowered(word) : `${word.slice(0, 1).toUpperCase()}${rest(word)}`)).join('');
  if (text === '') return fallback;
  return /^\p{N}/u.test(text) ? `_${text}` : text;
}

const isLoud = (word: string): boolean => word.length > 1 && word === word.toUpperCase() && /\p{Lu}/u.test(word);
const rest = (word: string): string => (isLoud(word) ? word.slice(1).toLowerCase() : word.slice(1));
/** `URLPath` is `urlPath`, `AlbumId` is `albumId`. */
const lowered = (word: string): string =>
  isLoud(word) ? word.toLowerCase() : word.replace(/^\p{Lu}+(?=\p{Lu}\p{Ll})|^\p{Lu}+/u, (head) => head.toLowerCase());

/** A name that is not yet taken, which it then is. */
export function freeName(wanted: string, taken: Set<string>): string {
  let name = wanted;
  for (let n = 2; taken.has(name); n++) name = `${wanted}${n}`;
  taken.add(name);
  return name;
}

const WIDTH = 110;

/** `base.a().b()`, in one line where it fits behind `indent`, otherwise a call a line. */
export function chainCode(base: string, links: readonly string[], indent: string, room = WIDTH): string {
  const line = [base, ...links].join('');
  if (links.length < 2 || (indent.length + line.length <= room && !line.includes('\n'))) return line;
  return [base, ...links].join(`\n${indent}  `);
}
