/** "The database is right", for whole tables and views. */
import type { TableDef, ViewDef } from '../../protocol/schema.ts';
import { foldName, sameName } from '../schema/names.ts';
import { collect, liveIndexes, liveTable, namingOfRead, SourceEmitter, Unadoptable, type Work } from './adopt-work.ts';
import { rangeOf, removeStatement } from './edits.ts';
import { templateBody } from './js-text.ts';
import type { Module } from './modules.ts';
import { constantFor, DRIZZLE_NAMES, keysFor } from './naming.ts';
import type { SourceFile } from './source.ts';
import { viewBody } from './view-text.ts';
import { tableCode, viewCode } from './write.ts';

function takenIn(module: Module): Set<string> {
  return new Set([...DRIZZLE_NAMES, ...module.names.keys()]);
}

/** Beside a table that it refers to or that refers to it, else where the last table is. */
function fileFor({ read }: Work, table: TableDef | null): SourceFile {
  const files = [...read.tables.values()].map(({ shell }) => shell.file);
  for (const { table: other } of table?.foreignKeys ?? []) {
    const source = read.tables.get(foldName(other));
    if (source) return source.shell.file;
  }
  const last = files.at(-1) ?? [...read.modules.values()].at(-1)?.file;
  if (!last) throw new Unadoptable('There is no schema file to write into.');
  return last;
}

/** At the end of the file, after a blank line. */
function append(work: Work, file: SourceFile, code: string): void {
  const end = file.text.length;
  const gap = file.text.endsWith('\n') ? '\n' : '\n\n';
  collect(work, file.path, { start: end, end, text: `${gap}${code.trimEnd()}\n` });
}

function removeConstant(
  work: Work,
  file: SourceFile,
  statement: { start?: number | null; end?: number | null },
  name: string,
): void {
  const declaration = statement as { declaration?: { declarations?: unknown[] }; declarations?: unknown[] };
  const declarations = declaration.declaration?.declarations ?? declaration.declarations ?? [];
  if (declarations.length > 1) throw new Unadoptable(`${name} is declared together with other constants.`);
  collect(work, file.path, removeStatement(file.text, rangeOf(statement), file.comments));
}

export function adoptTable(work: Work): void {
  const source = work.read.tables.get(foldName(work.row.table));
  switch (work.row.state) {
    case 'missing':
      if (source) removeConstant(work, source.shell.file, source.shell.statement, source.shell.constant);
      return;
    case 'extra':
      if (!source) addTable(work, liveTable(work));
      return;
    case 'mismatch':
      throw new Unadoptable('Drizzle has no words for STRICT and WITHOUT ROWID: there is nothing to write.');
    case 'match':
      return;
  }
}

function addTable(work: Work, live: TableDef): void {
  const file = fileFor(work, live);
  const taken = takenIn(work.read.modules.get(file.path) as Module);
  // A barrel re-exports all files: a name that another file exports would hide both.
  for (const { shell } of work.read.tables.values()) taken.add(shell.constant);
  const constant = constantFor(live.name, 'Table', taken);
  const naming = namingOfRead(work.read).set(foldName(live.name), { constant, keys: keysFor(live) });
  const emitter = new SourceEmitter(work, { file, naming, self: 't', builders: null, at: file.text.length });
  append(work, file, tableCode(emitter, live, liveIndexes(work, live.name), constant));
}

const liveView = ({ live, row }: Work): ViewDef => {
  const found = live.views.find(({ name }) => sameName(name, row.name));
  if (!found) throw new Unadoptable(`The database has no view ${row.name}.`);
  return found;
};

export function adoptView(work: Work): void {
  const source = work.read.views.get(foldName(work.row.name));
  switch (work.row.state) {
    case 'missing':
      if (source) removeConstant(work, source.declared.file, source.declared.statement, source.declared.name);
      return;
    case 'extra':
      if (!source) addView(work, liveView(work));
      return;
    case 'mismatch':
      changeView(work, liveView(work));
      return;
    case 'match':
      return;
  }
}

function addView(work: Work, live: ViewDef): void {
  const read = [...work.read.views.values()].at(-1);
  const file = read?.declared.file ?? fileFor(work, null);
  const constant = constantFor(live.name, 'View', takenIn(work.read.modules.get(file.path) as Module));
  const emitter = new SourceEmitter(work, {
    file,
    naming: namingOfRead(work.read),
    self: 't',
    builders: null,
    at: file.text.length,
  });
  append(work, file, viewCode(emitter, live, work.live, constant));
}

/** Its SELECT; its columns stay as they are typed in the code. */
function changeView(work: Work, live: ViewDef): void {
  const source = work.read.views.get(foldName(work.row.name));
  if (!source?.select) throw new Unadoptable(`The view ${work.row.name} is not written out in the code.`);
  const { file } = source.declared;
  const emitter = new SourceEmitter(work, { file, naming: new Map(), self: 't', builders: null, at: 0 });
  collect(work, file.path, { ...rangeOf(source.select), text: `${emitter.use('sql')}\`${templateBody(viewBody(live))}\`` });
}
