/** Which name of a schema file stands for what, across the files: declarations, imports, exports. */
import type { ExportNamedDeclaration, Expression, ImportDeclaration, Node, Statement, VariableDeclaration } from '@babel/types';
import { Refused, type SourceFile } from './source.ts';

export interface Declared {
  readonly kind: 'declared';
  readonly file: SourceFile;
  readonly name: string;
  readonly init: Expression;
  /** The whole statement, with its `export`. */
  readonly statement: Statement;
  readonly exported: boolean;
}

/** Of `drizzle-orm` or `drizzle-orm/sqlite-core`; `name` is `*` for a namespace. */
export interface FromPackage {
  readonly kind: 'package';
  readonly source: string;
  readonly name: string;
}

export interface FromFile {
  readonly kind: 'file';
  readonly path: string;
  readonly name: string;
}

export type Meaning = Declared | FromPackage | FromFile;

export interface Module {
  readonly file: SourceFile;
  readonly names: Map<string, Meaning>;
  /** Exported name to the name inside; or a name of another file. */
  readonly exports: Map<string, { readonly path: string | null; readonly name: string }>;
  readonly stars: string[];
}

export const PACKAGES: readonly string[] = ['drizzle-orm', 'drizzle-orm/sqlite-core'];

const parentOf = (path: string) => path.slice(0, Math.max(0, path.lastIndexOf('/')));

/** `./a/../b.ts` from `db/schema/index.ts` is `db/schema/b.ts`. */
function joined(from: string, specifier: string): string {
  const parts = parentOf(from).split('/').filter(Boolean);
  for (const part of specifier.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.' && part !== '') parts.push(part);
  }
  return parts.join('/');
}

/** As bundlers do: with the ending, without it, with `.js` for `.ts`, or a folder with an index. */
export function resolveFile(from: string, specifier: string, has: (path: string) => boolean): string | null {
  const path = joined(from, specifier);
  const stem = path.replace(/\.[cm]?js$/, '');
  const tried = [path, `${path}.ts`, `${stem}.ts`, `${stem}.mts`, `${path}/index.ts`];
  return tried.find(has) ?? null;
}

type Has = (path: string) => boolean;

function fileNamed(module: Module, node: Node, specifier: string, has: Has): string {
  const path = resolveFile(module.file.path, specifier, has);
  if (path !== null) return path;
  throw new Refused(module.file, node, `${specifier} is not among the schema files`);
}

function readImport(module: Module, node: ImportDeclaration, has: Has): void {
  if (node.importKind === 'type') return;
  const values = node.specifiers.filter((each) => !(each.type === 'ImportSpecifier' && each.importKind === 'type'));
  // `import { type A } from 'x'` still loads nothing that runs here; a bare `import 'x'` would.
  if (values.length === 0 && node.specifiers.length > 0) return;
  const source = node.source.value;
  const relative = source.startsWith('.');
  if (!relative && !PACKAGES.includes(source)) {
    throw new Refused(
      module.file,
      node,
      `only drizzle-orm, drizzle-orm/sqlite-core and schema files can be imported, not ${source}`,
    );
  }
  if (values.length === 0) throw new Refused(module.file, node, 'an import for its effects alone is not data');
  for (const each of values) {
    const name = importedName(module, each);
    const meaning: Meaning = relative
      ? { kind: 'file', path: fileNamed(module, node, source, has), name }
      : { kind: 'package', source, name };
    module.names.set(each.local.name, meaning);
  }
}

function importedName(module: Module, specifier: ImportDeclaration['specifiers'][number]): string {
  switch (specifier.type) {
    case 'ImportSpecifier':
      return specifier.imported.type === 'Identifier' ? specifier.imported.name : specifier.imported.value;
    case 'ImportNamespaceSpecifier':
      return '*';
    case 'ImportDefaultSpecifier':
      throw new Refused(module.file, specifier, 'a default import is not part of a schema');
  }
}

function readDeclaration(module: Module, node: VariableDeclaration, statement: Statement, exported: boolean): void {
  if (node.kind !== 'const' || node.declare) throw new Refused(module.file, node, 'only `const` declares parts of a schema');
  for (const { id, init } of node.declarations) {
    if (id.type !== 'Identifier' || !init) throw new Refused(module.file, id, 'a declaration needs one name and one value');
    if (module.names.has(id.name)) throw new Refused(module.file, id, `${id.name} is declared twice`);
    module.names.set(id.name, { kind: 'declared', file: module.file, name: id.name, init, statement, exported });
    if (exported) module.exports.set(id.name, { path: null, name: id.name });
  }
}

const localName = (node: Node): string =>
  node.type === 'StringLiteral' ? node.value : node.type === 'Identifier' ? node.name : '';

function readExport(module: Module, node: ExportNamedDeclaration, has: Has): void {
  if (node.exportKind === 'type') return;
  if (node.declaration?.type === 'VariableDeclaration') {
    readDeclaration(module, node.declaration, node, true);
    return;
  }
  if (node.declaration) throw new Refused(module.file, node.declaration, 'only `const` and types can be exported');
  const path = node.source ? fileNamed(module, node, node.source.value, has) : null;
  for (const each of node.specifiers) {
    if (each.type !== 'ExportSpecifier') throw new Refused(module.file, each, 'such an export is not part of a schema');
    if (each.exportKind === 'type') continue;
    const name = each.exported.type === 'Identifier' ? each.exported.name : each.exported.value;
    module.exports.set(name, { path, name: localName(each.local) });
  }
}

function readStatement(module: Module, node: Statement, has: Has): void {
  switch (node.type) {
    case 'ImportDeclaration':
      readImport(module, node, has);
      return;
    case 'ExportNamedDeclaration':
      readExport(module, node, has);
      return;
    case 'ExportAllDeclaration':
      if (node.exportKind !== 'type') module.stars.push(fileNamed(module, node, node.source.value, has));
      return;
    case 'VariableDeclaration':
      readDeclaration(module, node, node, false);
      return;
    case 'TSTypeAliasDeclaration':
    case 'TSInterfaceDeclaration':
    case 'EmptyStatement':
      return;
    case 'FunctionDeclaration':
    case 'ClassDeclaration':
      throw new Refused(module.file, node, 'functions and classes are no data: write the tables out');
    default:
      throw new Refused(module.file, node, 'only imports, types and `const` declarations belong into a schema file');
  }
}

const isTypeOnly = (node: Statement) =>
  node.type === 'ExportNamedDeclaration' &&
  (node.declaration?.type === 'TSTypeAliasDeclaration' || node.declaration?.type === 'TSInterfaceDeclaration');

/** Statements that are refused are told by `refuse`, and the others read all the same. */
export function readModule(file: SourceFile, has: Has, refuse: (why: Refused) => void): Module {
  const module: Module = { file, names: new Map(), exports: new Map(), stars: [] };
  for (const node of file.program.body) {
    if (isTypeOnly(node)) continue;
    try {
      readStatement(module, node, has);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      refuse(error);
    }
  }
  for (const directive of file.program.directives) refuse(new Refused(file, directive, 'a directive has no meaning here'));
  return module;
}

const MAX_HOPS = 50;

function followed(modules: ReadonlyMap<string, Module>, meaning: Meaning | null): Declared | FromPackage | null {
  let found = meaning;
  for (let hops = 0; found?.kind === 'file' && hops < MAX_HOPS; hops++)
    found = exportOf(modules, found.path, found.name, new Set());
  return found?.kind === 'file' ? null : found;
}

/** Follows imports and re-exports to a declaration or to drizzle; null for a name that nobody declares. */
export const meaningOf = (modules: ReadonlyMap<string, Module>, module: Module, name: string): Declared | FromPackage | null =>
  followed(modules, module.names.get(name) ?? null);

function exportOf(modules: ReadonlyMap<string, Module>, path: string, name: string, seen: Set<string>): Meaning | null {
  const module = modules.get(path);
  if (!module || seen.has(path)) return null;
  seen.add(path);
  const own = module.exports.get(name);
  if (own) return own.path === null ? (module.names.get(own.name) ?? null) : exportOf(modules, own.path, own.name, seen);
  for (const star of module.stars) {
    const found = exportOf(modules, star, name, seen);
    if (found) return found;
  }
  return null;
}

/** All that a file exports, `export *` included, with the name that it gives it. */
export function exportsOf(modules: ReadonlyMap<string, Module>, path: string, seen = new Set<string>()): Map<string, Declared> {
  const all = new Map<string, Declared>();
  const module = modules.get(path);
  if (!module || seen.has(path)) return all;
  seen.add(path);
  for (const star of module.stars) {
    for (const [name, meaning] of exportsOf(modules, star, seen)) if (!all.has(name)) all.set(name, meaning);
  }
  for (const name of module.exports.keys()) {
    const declared = followed(modules, exportOf(modules, path, name, new Set()));
    if (declared?.kind === 'declared') all.set(name, declared);
  }
  return all;
}
