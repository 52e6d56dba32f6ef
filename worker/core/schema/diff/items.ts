/**
 * A schema as a flat list of comparable things: one item for each object, with the facets in which two of a kind can differ. Facets
 * that make no difference to SQLite (names of keys, order of columns, `VARCHAR(10)` beside `TEXT`) are no facets.
 */
import type {
  CheckDef,
  ColumnDef,
  ForeignKeyDef,
  IndexDef,
  IndexTerm,
  ObjectKind,
  PrimaryKeyDef,
  SchemaDef,
  TableDef,
  TriggerDef,
  UniqueDef,
  ViewDef,
  VirtualTableDef,
} from '../../../protocol/schema.ts';
import { foldName, sameName } from '../names.ts';

/** Whether a source has words for such a thing at all, or for this facet of it. */
export type CanSay = (kind: ObjectKind, aspect?: string) => boolean;

/** What is compared, in the order of `Item.facets`. */
export const ASPECTS = {
  table: ['strict', 'without rowid'],
  column: ['type', 'not null', 'default', 'collation', 'generated'],
  'primary-key': ['columns', 'order', 'collation', 'autoincrement', 'on conflict'],
  unique: ['columns', 'order', 'collation', 'on conflict'],
  check: ['expression'],
  'foreign-key': ['references', 'on delete', 'on update', 'deferred'],
  index: ['table', 'terms', 'unique', 'where'],
  view: ['columns', 'select'],
  trigger: ['table', 'body'],
  'virtual-table': ['module', 'arguments'],
} as const satisfies Record<ObjectKind, readonly string[]>;

/** A `def` of the kind's own type; `facets` are what is compared, `shown` what a person reads, both in the order of `ASPECTS`. */
interface Of<Kind extends ObjectKind, Def> {
  readonly id: string;
  readonly kind: Kind;
  readonly table: string;
  readonly name: string;
  readonly facets: readonly string[];
  readonly shown: readonly string[];
  readonly text: string;
  readonly def: Def;
}
export type Item =
  | Of<'table', TableDef>
  | Of<'column', ColumnDef>
  | Of<'primary-key', PrimaryKeyDef>
  | Of<'unique', UniqueDef>
  | Of<'check', CheckDef>
  | Of<'foreign-key', ForeignKeyDef>
  | Of<'index', IndexDef>
  | Of<'view', ViewDef>
  | Of<'trigger', TriggerDef>
  | Of<'virtual-table', VirtualTableDef>;

const YES_NO = (value: boolean): string => (value ? 'yes' : 'no');
const list = (names: readonly string[]): string => names.join(', ');
const foldedList = (names: readonly string[]): string => names.map(foldName).join(',');

export const tableId = (table: string): string => `table:${foldName(table)}`;
export const columnId = (table: string, column: string): string => `column:${foldName(table)}.${foldName(column)}`;
export const primaryKeyId = (table: string): string => `primary-key:${foldName(table)}`;
export const uniqueId = (table: string, def: UniqueDef): string =>
  `unique:${foldName(table)}(${foldedList(def.columns.map(termName))})`;
export const checkId = (table: string, def: CheckDef): string =>
  `check:${foldName(table)}${def.name === null ? `(${def.expression})` : `.${foldName(def.name)}`}`;
export const foreignKeyId = (table: string, def: ForeignKeyDef): string =>
  `foreign-key:${foldName(table)}(${foldedList(def.columns)})→${foldName(def.table)}(${foldedList(def.references)})`;
export const objectId = (kind: 'index' | 'view' | 'trigger' | 'virtual-table', name: string): string => `${kind}:${foldName(name)}`;

export const termName = (term: IndexTerm): string => term.column ?? term.expression ?? '';
const termText = (term: IndexTerm): string =>
  `${termName(term)}${term.collation === null ? '' : ` COLLATE ${term.collation}`}${term.descending ? ' DESC' : ''}`;
const collations = (terms: readonly IndexTerm[]): string => list(terms.map(({ collation }) => collation ?? '-'));
const orders = (terms: readonly IndexTerm[]): string => list(terms.map(({ descending }) => (descending ? 'DESC' : 'ASC')));

function tableItem(table: TableDef): Item {
  const facets = [YES_NO(table.strict), YES_NO(table.withoutRowid)];
  const options = [table.strict ? 'STRICT' : '', table.withoutRowid ? 'WITHOUT ROWID' : ''].filter(Boolean).join(', ');
  const text = `${table.columns.length} columns${options === '' ? '' : `, ${options}`}`;
  const { name } = table;
  return { id: tableId(name), kind: 'table', table: name, name, facets, shown: facets, text, def: table };
}

/**
 * SQLite goes by the affinity, but for two: a STRICT table by the type itself (INT and INTEGER are one), and a sole primary key, which
 * only the very word INTEGER makes the rowid.
 */
function typeFacet(column: ColumnDef, strict: boolean, isSole: boolean): string {
  if (strict) return column.type === 'INT' && !isSole ? 'INTEGER' : column.type;
  return isSole && column.type === 'INTEGER' ? 'integer key' : column.affinity;
}

const isSoleKey = (column: ColumnDef, { primaryKey }: TableDef): boolean =>
  primaryKey !== null && primaryKey.columns.length === 1 && sameName(primaryKey.columns[0]?.column ?? '', column.name);

function columnText({ type, notNull, default: value, collation, generated }: ColumnDef): string {
  let text = type;
  const add = (part: string) => {
    text = text === '' ? part : `${text} ${part}`;
  };
  if (notNull) add('NOT NULL');
  if (value !== null) add(`DEFAULT ${value}`);
  if (collation !== 'BINARY') add(`COLLATE ${collation}`);
  if (generated) add(`AS (${generated.expression}) ${generated.kind.toUpperCase()}`);
  return text || 'no type';
}

function columnItem(column: ColumnDef, table: TableDef): Item {
  const generated = column.generated ? `${column.generated.kind} (${column.generated.expression})` : 'no';
  const isSole = isSoleKey(column, table);
  // A rowid is never NULL, whatever is said about it.
  const notNull = YES_NO(column.notNull || (isSole && isRowidAlias(column, table)));
  const said = column.default ?? 'none';
  const type = typeFacet(column, table.strict, isSole);
  const text = columnText(column);
  return {
    id: columnId(table.name, column.name),
    kind: 'column',
    table: table.name,
    name: column.name,
    facets: [type, notNull, said === 'NULL' ? 'none' : said, column.collation, generated],
    shown: [column.type || 'none', notNull, said, column.collation, generated],
    text,
    def: column,
  };
}

/** Whether the column is another name for the rowid. */
export const isRowidAlias = (column: ColumnDef, table: TableDef): boolean =>
  !table.withoutRowid &&
  column.type === 'INTEGER' &&
  isSoleKey(column, table) &&
  table.primaryKey?.columns[0]?.descending === false;

function keyItem(def: PrimaryKeyDef, table: TableDef): Item {
  const { columns } = def;
  const facets = [
    foldedList(columns.map(termName)),
    orders(columns),
    collations(columns),
    YES_NO(def.autoincrement),
    def.onConflict,
  ];
  const id = primaryKeyId(table.name);
  const text = `(${list(columns.map(termText))})${def.autoincrement ? ' AUTOINCREMENT' : ''}`;
  return { id, kind: 'primary-key', table: table.name, name: def.name ?? 'primary key', facets, shown: facets, text, def };
}

function uniqueItem(def: UniqueDef, table: TableDef): Item {
  const { columns } = def;
  const facets = [foldedList(columns.map(termName)), orders(columns), collations(columns), def.onConflict];
  const text = `(${list(columns.map(termText))})`;
  const name = def.name ?? `unique ${text}`;
  return { id: uniqueId(table.name, def), kind: 'unique', table: table.name, name, facets, shown: facets, text, def };
}

function checkItem(def: CheckDef, table: TableDef): Item {
  const facets = [def.expression];
  const name = def.name ?? `check (${def.expression})`;
  return { id: checkId(table.name, def), kind: 'check', table: table.name, name, facets, shown: facets, text: def.expression, def };
}

function foreignKeyItem(def: ForeignKeyDef, table: TableDef): Item {
  const references = `${def.table}(${list(def.references)})`;
  const facets = [foldName(references), def.onDelete, def.onUpdate, YES_NO(def.deferred)];
  const text = `(${list(def.columns)}) → ${references} ON DELETE ${def.onDelete} ON UPDATE ${def.onUpdate}${def.deferred ? ' deferred' : ''}`;
  const name = def.name ?? `${list(def.columns)} → ${references}`;
  return {
    id: foreignKeyId(table.name, def),
    kind: 'foreign-key',
    table: table.name,
    name,
    facets,
    shown: [references, ...facets.slice(1)],
    text,
    def,
  };
}

function indexItem(def: IndexDef): Item {
  const terms = list(def.terms.map(termText));
  const folded = def.terms.map((term) => (term.column === null ? termText(term) : foldName(termText(term))));
  const facets = [foldName(def.table), list(folded), YES_NO(def.unique), def.where ?? 'none'];
  const text = `${def.unique ? 'UNIQUE ' : ''}ON ${def.table} (${terms})${def.where === null ? '' : ` WHERE ${def.where}`}`;
  const shown = [def.table, terms, ...facets.slice(2)];
  return { id: objectId('index', def.name), kind: 'index', table: def.table, name: def.name, facets, shown, text, def };
}

function viewItem(def: ViewDef): Item {
  const facets = [def.columns === null ? '-' : foldedList(def.columns), def.select];
  return {
    id: objectId('view', def.name),
    kind: 'view',
    table: def.name,
    name: def.name,
    facets,
    shown: facets,
    text: def.select,
    def,
  };
}

function triggerItem(def: TriggerDef): Item {
  const facets = [foldName(def.table), def.body];
  const { name, table, body: text } = def;
  return { id: objectId('trigger', name), kind: 'trigger', table, name, facets, shown: [table, text], text, def };
}

function virtualItem(def: VirtualTableDef): Item {
  const facets = [foldName(def.module), def.args.join(', ')];
  const { name } = def;
  const text = `${def.module}(${def.args.join(', ')})`;
  return { id: objectId('virtual-table', name), kind: 'virtual-table', table: name, name, facets, shown: facets, text, def };
}

/** A table and what it consists of: itself first, then its columns in order. */
export interface Listed {
  readonly table: TableDef;
  readonly items: readonly Item[];
}

/** What a table consists of, itself first. With `like`, what is the same there is the very same item: most of two schemas is alike. */
export function tableItems(table: TableDef, like?: Listed): Item[] {
  const alike = like !== undefined && isAlike(table, like.table) ? like : undefined;
  return [
    tableItem(table),
    ...table.columns.map((column, n) => {
      const other = alike?.table.columns[n];
      return alike && other && isSameColumn(column, other) ? (alike.items[n + 1] as Item) : columnItem(column, table);
    }),
    ...(table.primaryKey ? [keyItem(table.primaryKey, table)] : []),
    ...once([
      ...table.uniques.map((def) => uniqueItem(def, table)),
      ...table.checks.map((def) => checkItem(def, table)),
      ...table.foreignKeys.map((def) => foreignKeyItem(def, table)),
    ]),
  ];
}

/** Of a key that is declared twice the first counts. */
const once = (items: Item[]): Item[] =>
  items.length < 2 ? items : items.filter(({ id }, n) => items.findIndex((other) => other.id === id) === n);

/** Whether equal columns of both are equal items: what a column means depends on these. */
const isAlike = (a: TableDef, b: TableDef): boolean =>
  a.name === b.name && a.strict === b.strict && a.withoutRowid === b.withoutRowid && soleKey(a) === soleKey(b);
const soleKey = ({ primaryKey }: TableDef): string | null => {
  const [only, more] = primaryKey?.columns ?? [];
  return only === undefined || more ? null : `${only.column} ${only.descending}`;
};
const isSameColumn = (a: ColumnDef, b: ColumnDef): boolean =>
  a.name === b.name &&
  a.type === b.type &&
  a.affinity === b.affinity &&
  a.notNull === b.notNull &&
  a.default === b.default &&
  a.collation === b.collation &&
  a.generated?.expression === b.generated?.expression &&
  a.generated?.kind === b.generated?.kind;

/** A schema's items, by table; `objects` are those that stand beside the tables. */
export interface Listing {
  readonly tables: ReadonlyMap<string, Listed>;
  readonly objects: readonly Item[];
}

export function listingOf(schema: SchemaDef, like?: Listing): Listing {
  const tables = new Map<string, Listed>();
  for (const table of schema.tables) {
    const fold = foldName(table.name);
    tables.set(fold, { table, items: tableItems(table, like?.tables.get(fold)) });
  }
  const objects = [
    ...schema.virtualTables.map(virtualItem),
    ...schema.indexes.map(indexItem),
    ...schema.views.map(viewItem),
    ...schema.triggers.map(triggerItem),
  ];
  return { tables, objects };
}

/** By id. */
export function itemsOf(schema: SchemaDef): ReadonlyMap<string, Item> {
  const { tables, objects } = listingOf(schema);
  const all = [...[...tables.values()].flatMap(({ items }) => items), ...objects];
  return new Map(all.map((item) => [item.id, item]));
}
