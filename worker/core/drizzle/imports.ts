/** The imports of a schema file: what an edit needs is added, what it left without use goes. */
import type { ImportDeclaration, Node } from '@babel/types';
import { applyEdits, type Edit, indentAt, insertItem, isOnOwnLine, type ListPlace, rangeOf, removeItem } from './edits.ts';
import type { SourceFile } from './source.ts';

/** `source` as it is written behind `from`. `type`: for the compiler alone. */
export interface WantedImport {
  readonly source: string;
  readonly name: string;
  readonly type: boolean;
}

const importsIn = ({ program }: SourceFile): ImportDeclaration[] =>
  program.body.filter((node) => node.type === 'ImportDeclaration');

const namedIn = (node: ImportDeclaration) => node.specifiers.filter((each) => each.type === 'ImportSpecifier');

function listOf(text: string, node: ImportDeclaration): ListPlace {
  const items = namedIn(node).map(rangeOf);
  const from = items[0]?.start ?? node.start ?? 0;
  const start = text.lastIndexOf('{', from);
  return { items, whole: { start, end: text.indexOf('}', items.at(-1)?.end ?? start) + 1 } };
}

const folded = (name: string): string => name.toLowerCase();

/** Each in its place of the alphabet, as the others are. */
function intoImport(file: SourceFile, node: ImportDeclaration, wanted: readonly WantedImport[]): Edit[] {
  const list = listOf(file.text, node);
  const names = namedIn(node).map(({ local }) => folded(local.name));
  const edits = new Map<number, string[]>();
  for (const { name, type } of [...wanted].sort((a, b) => (folded(a.name) < folded(b.name) ? -1 : 1))) {
    const after = names.findLastIndex((each) => each < folded(name));
    edits.set(after, [...(edits.get(after) ?? []), type ? `type ${name}` : name]);
  }
  const lines = list.items[0] !== undefined && isOnOwnLine(file.text, list.items[0].start);
  const separator = lines ? `,\n${indentAt(file.text, list.items[0]?.start ?? 0)}` : ', ';
  return [...edits].map(([after, codes]) => insertItem(file.text, list, after, codes.join(separator)));
}

function newImport(file: SourceFile, source: string, wanted: readonly WantedImport[]): Edit {
  const names = wanted.map(({ name, type }) => (type ? `type ${name}` : name)).sort();
  const code = `import { ${names.join(', ')} } from '${source}';\n`;
  const last = importsIn(file).at(-1);
  if (!last) {
    const first = file.program.body[0]?.start ?? file.text.length;
    return { start: first, end: first, text: `${code}\n` };
  }
  const end = last.end ?? 0;
  const lineEnd = file.text.indexOf('\n', end);
  return lineEnd < 0 ? { start: end, end, text: `\n${code}` } : { start: lineEnd + 1, end: lineEnd + 1, text: code };
}

/** Edits that bring the wanted names in; those that are there already must not be among them. */
export function addImports(file: SourceFile, wanted: readonly WantedImport[]): Edit[] {
  const sources = [...new Set(wanted.map(({ source }) => source))].sort();
  return sources.flatMap((source) => {
    const names = wanted.filter((each) => each.source === source);
    const there = importsIn(file).find(
      (node) => node.source.value === source && node.importKind !== 'type' && namedIn(node).length > 0,
    );
    return there ? intoImport(file, there, names) : [newImport(file, source, names)];
  });
}

/** Names that anything outside of the imports mentions. */
function mentioned(file: SourceFile): Set<string> {
  const names = new Set<string>();
  const stack: unknown[] = file.program.body.filter((node) => node.type !== 'ImportDeclaration');
  while (stack.length > 0) {
    const node = stack.pop();
    if (typeof node !== 'object' || node === null) continue;
    if (Array.isArray(node)) {
      stack.push(...node);
      continue;
    }
    const typed = node as Node;
    if (typed.type === 'Identifier') names.add(typed.name);
    for (const [key, value] of Object.entries(typed)) if (key !== 'loc' && typeof value === 'object') stack.push(value);
  }
  return names;
}

function withoutNames(text: string, node: ImportDeclaration, gone: ReadonlySet<string>): Edit[] {
  const kept = node.specifiers.filter(({ local }) => !gone.has(local.name));
  if (kept.length === node.specifiers.length) return [];
  if (kept.length === 0) {
    const { start, end } = rangeOf(node);
    return [{ start, end: text[end] === '\n' ? end + 1 : end, text: '' }];
  }
  const list = listOf(text, node);
  const places = namedIn(node).map(({ local }, n) => ({ name: local.name, n }));
  return places.filter(({ name }) => gone.has(name)).map(({ n }) => removeItem(text, list, n));
}

/** The text without the imports that `before` used and it does not. One import after the other, so that no two edits meet. */
export function dropUnusedImports(before: SourceFile, after: SourceFile, parse: (text: string) => SourceFile): string {
  const [used, uses] = [mentioned(before), mentioned(after)];
  let file = after;
  for (;;) {
    const next = importsIn(file)
      .flatMap((node) => node.specifiers.map(({ local }) => ({ node, name: local.name })))
      .find(({ name }) => used.has(name) && !uses.has(name));
    if (!next) return file.text;
    file = parse(applyEdits(file.text, withoutNames(file.text, next.node, new Set([next.name]))));
  }
}
