/** B2: what a backup writes, in which order. Worked out of the schema alone, so that every slice of an export works out the same. */
import { ftsContent, mentions } from '../schema/create-text.ts';
import { findTable, type SchemaEntry, type SchemaModel, type Table } from '../schema/model.ts';
import { foldName, isReserved, sameName } from '../schema/names.ts';
import { parentsFirst } from '../schema/order.ts';
import { identifier } from '../sql/quote.ts';
import { endsInLineComment, meaningful, textOf } from '../sql/tokens.ts';
import { MAX_STATEMENT_BYTES } from './continuation.ts';
import { type RowSource, rowSource } from './source.ts';

export type Item =
  | { readonly kind: 'statement'; readonly sql: string; readonly lineBreak: boolean }
  | { readonly kind: 'rows'; readonly source: RowSource }
  /** What AUTOINCREMENT has counted to, of these tables. */
  | { readonly kind: 'sequences'; readonly tables: readonly string[] }
  /** The settings of an FTS5 index. */
  | { readonly kind: 'fts-settings'; readonly table: string };

/** How a table's rows come back. `derived`: by rebuilding an index. `none`: it has none, or they cannot be had. */
export type PagedBy = RowSource['pagedBy'] | 'derived' | 'none';

export interface Script {
  readonly items: readonly Item[];
  readonly tables: readonly { readonly name: string; readonly pagedBy: PagedBy }[];
  /** In the order in which it is written. */
  readonly schema: readonly (SchemaEntry & { readonly sql: string })[];
  readonly partial: boolean;
  readonly warnings: readonly string[];
  readonly notExported: readonly { readonly name: string; readonly reason: string }[];
  /** Why this cannot be exported at all; empty when it can. */
  readonly refusals: readonly Refused[];
}

export interface Refused {
  readonly code: 'table_not_found' | 'table_is_ours' | 'unsupported_object';
  readonly message: string;
}

type VirtualRole = 'fts-own' | 'fts-external' | 'fts-contentless' | 'fts-vocabulary' | 'rtree' | 'unsupported';

export function virtualRole({ module, sql }: Pick<Table, 'module' | 'sql'>): VirtualRole {
  if (module === 'fts5vocab') return 'fts-vocabulary';
  if (module === 'rtree' || module === 'rtree_i32') return 'rtree';
  if (module !== 'fts5') return 'unsupported';
  const content = ftsContent(sql);
  return content.kind === 'own' ? 'fts-own' : content.kind === 'external' ? 'fts-external' : 'fts-contentless';
}

/** `wanted`: names of tables in any case, or null for all of them. */
export function scriptOf(model: SchemaModel, wanted: readonly string[] | null): Script {
  const writer = new ScriptWriter(model, wanted);
  return writer.script();
}

class ScriptWriter {
  private readonly items: Item[] = [];
  private readonly tables: { name: string; pagedBy: PagedBy }[] = [];
  private readonly schema: (SchemaEntry & { sql: string })[] = [];
  private readonly warnings: string[] = [];
  private readonly notExported: { name: string; reason: string }[] = [];
  private readonly refusals: Refused[] = [];
  private readonly chosen: readonly Table[];

  constructor(
    private readonly model: SchemaModel,
    private readonly wanted: readonly string[] | null,
  ) {
    this.chosen = wanted === null ? this.allTables() : this.namedTables(wanted);
  }

  script(): Script {
    const ordinary = this.chosen.filter(({ kind }) => kind === 'table');
    const virtual = this.chosen.filter(({ kind }) => kind === 'virtual');
    // The second line is for readers that enforce foreign keys and commit each statement; D1 ignores it and defers instead.
    this.statement('PRAGMA defer_foreign_keys=TRUE');
    this.statement('PRAGMA foreign_keys=OFF');
    for (const table of ordinary) this.create('table', table.name, table.name, table.sql);
    for (const table of parentsFirst(ordinary)) this.rows(table);
    const counted = ordinary.filter(({ autoincrement }) => autoincrement).map(({ name }) => name);
    if (counted.length > 0) this.items.push({ kind: 'sequences', tables: counted });
    this.indexes(ordinary);
    for (const table of vocabulariesLast(virtual)) this.virtual(table);
    this.views();
    for (const table of virtual) this.rebuild(table);
    this.triggers();
    this.missingParents(ordinary);
    const { items, tables, schema, warnings, notExported, refusals } = this;
    return { items, tables, schema, partial: this.wanted !== null, warnings, notExported, refusals };
  }

  private allTables(): Table[] {
    const tables = this.model.tables.filter(({ kind }) => kind === 'table' || kind === 'virtual');
    for (const table of tables.filter((table) => table.kind === 'virtual' && virtualRole(table) === 'unsupported')) {
      this.refuse(
        'unsupported_object',
        `${table.name} is a virtual table of the module ${table.module}, which cannot be exported.`,
      );
    }
    return tables;
  }

  private namedTables(wanted: readonly string[]): Table[] {
    for (const name of wanted) {
      const table = findTable(this.model, name);
      if (isReserved(name)) this.refuse('table_is_ours', `${name} belongs to the platform or to Lockkeeper.`);
      else if (!table) this.refuse('table_not_found', `There is no table ${name}.`);
      else if (table.kind === 'shadow')
        this.refuse('table_is_ours', `${name} is where a virtual table keeps its data: name that one.`);
      else if (table.kind === 'virtual' && virtualRole(table) === 'unsupported') {
        this.refuse('unsupported_object', `${name} is a virtual table of the module ${table.module}, which cannot be exported.`);
      }
    }
    return this.model.tables.filter(
      ({ name, kind }) => (kind === 'table' || kind === 'virtual') && wanted.some((other) => sameName(other, name)),
    );
  }

  private refuse(code: Refused['code'], message: string): void {
    this.refusals.push({ code, message });
  }

  private has(name: string): boolean {
    return this.chosen.some((table) => sameName(table.name, name));
  }

  private statement(sql: string): void {
    this.items.push({ kind: 'statement', sql, lineBreak: endsInLineComment(sql) });
  }

  private create(type: string, name: string, table: string, sql: string): void {
    this.schema.push({ type, name, table, sql });
    this.statement(sql);
    if (hasCrInString(sql))
      this.warnings.push(`A literal in the CREATE text of ${name} holds a CR, which the sqlite3 shell drops when it loads.`);
    // ALTER TABLE can make a text longer than any statement may be.
    if (sql.length >= MAX_STATEMENT_BYTES) this.warnings.push(`The CREATE text of ${name} is too long for D1 to take it back.`);
  }

  private rows(table: Table): void {
    const source = rowSource(table);
    this.tables.push({ name: table.name, pagedBy: source.pagedBy });
    this.items.push({ kind: 'rows', source });
  }

  private indexes(tables: readonly Table[]): void {
    for (const { type, name, table, sql } of this.model.entries) {
      if (type === 'index' && sql !== null && tables.some((other) => sameName(other.name, table)))
        this.create(type, name, table, sql);
    }
  }

  private virtual(table: Table): void {
    const role = virtualRole(table);
    if (role === 'unsupported') return;
    this.create('table', table.name, table.name, table.sql);
    if (role === 'fts-own' || role === 'rtree') this.rows(table);
    else this.tables.push({ name: table.name, pagedBy: role === 'fts-external' ? 'derived' : 'none' });
    if (role === 'fts-contentless') {
      this.warnings.push(`The full-text index ${table.name} is contentless: it keeps no text to export, and comes back empty.`);
    }
    if (role.startsWith('fts-') && role !== 'fts-vocabulary') this.items.push({ kind: 'fts-settings', table: table.name });
  }

  private rebuild(table: Table): void {
    const content = virtualRole(table) === 'fts-external' ? ftsContent(table.sql) : null;
    if (content?.kind !== 'external') return;
    const isView = this.wanted === null && this.model.views.some(({ name }) => sameName(name, content.table));
    if (isView || this.has(content.table)) {
      const name = identifier(table.name);
      this.statement(`INSERT INTO ${name}(${name}) VALUES('rebuild')`);
    } else {
      this.warnings.push(
        `The full-text index ${table.name} comes back empty: its content, ${content.table}, is not in the backup.`,
      );
    }
  }

  private views(): void {
    for (const { name, sql } of this.model.views) {
      if (this.wanted === null) this.create('view', name, name, sql);
      else this.notExported.push({ name, reason: 'Views are left out when only some tables are exported.' });
    }
  }

  private triggers(): void {
    for (const { name, table, sql } of this.model.triggers) {
      if (isReserved(name)) continue;
      if (this.wanted === null ? isReserved(table) : !this.has(table)) continue;
      this.create('trigger', name, table, sql);
      if (this.wanted !== null) this.warnOfMissing(name, sql);
    }
  }

  private warnOfMissing(trigger: string, sql: string): void {
    const missing = this.model.tables.filter(({ name, kind }) => kind !== 'shadow' && !this.has(name) && mentions(sql, name));
    for (const { name } of missing) this.warnings.push(`The trigger ${trigger} mentions ${name}, which is not in the backup.`);
  }

  private missingParents(tables: readonly Table[]): void {
    for (const { name, foreignKeys } of tables) {
      const parents = new Map(foreignKeys.map((key) => [foldName(key.table), key.table]));
      for (const parent of parents.values()) {
        if (!this.has(parent)) this.warnings.push(`${name} references ${parent}, which is not in the backup.`);
      }
    }
  }
}

function hasCrInString(sql: string): boolean {
  for (const token of sql.includes('\r') ? meaningful(sql) : [])
    if (token.kind === 'string' && textOf(sql, token).includes('\r')) return true;
  return false;
}

/** A vocabulary reads an index that must exist before it. */
const vocabulariesLast = (tables: readonly Table[]): Table[] => {
  const isVocabulary = (table: Table) => virtualRole(table) === 'fts-vocabulary';
  return [...tables.filter((table) => !isVocabulary(table)), ...tables.filter(isVocabulary)];
};
