/** What stands beside the tables: indexes, views, triggers, virtual tables. They go before the tables change and come after. */
import type { IndexDef, TriggerDef, ViewDef, VirtualTableDef } from '../../../protocol/schema.ts';
import { identifier } from '../../sql/quote.ts';
import { renderIndex, renderTrigger, renderView, renderVirtualTable } from '../ddl/index.ts';
import { isRemakeable } from '../diff/diff.ts';
import { foldName } from '../names.ts';
import type { SchemaChanges } from './changes.ts';
import { type Draft, draft, type Group } from './draft.ts';
import { createIndex } from './rebuild.ts';
import type { RenameStep } from './rename-steps.ts';
import type { TablePhase } from './tables.ts';

export type Direction = 'forward' | 'backward';

interface Moves {
  readonly indexes: readonly IndexDef[];
  readonly views: readonly ViewDef[];
  readonly triggers: readonly TriggerDef[];
  readonly virtualTables: readonly VirtualTableDef[];
}
const movesOf = ({ indexes, views, triggers, virtualTables }: SchemaChanges, side: 'dropped' | 'created'): Moves => ({
  indexes: indexes[side],
  views: views[side],
  triggers: triggers[side],
  virtualTables: virtualTables[side],
});

const sqlOf = {
  index: (def: IndexDef) => renderIndex(def),
  view: (def: ViewDef) => renderView(def),
  trigger: (def: TriggerDef) => renderTrigger(def),
  'virtual-table': (def: VirtualTableDef) => renderVirtualTable(def),
};

export function dropObjects(changes: SchemaChanges, direction: Direction): Group[] {
  const goes = movesOf(changes, direction === 'forward' ? 'dropped' : 'created');
  const comes = movesOf(changes, direction === 'forward' ? 'created' : 'dropped');
  const reason = (name: string, others: readonly { name: string }[]) =>
    others.some((other) => foldName(other.name) === foldName(name))
      ? `${name} changes: the old one goes first.`
      : `${name} is not wanted any more.`;
  const drops: Draft[] = [
    ...goes.triggers.map((def) =>
      draft(`DROP TRIGGER ${identifier(def.name)}`, reason(def.name, comes.triggers), {
        table: def.table,
        inverse: sqlOf.trigger(def),
      }),
    ),
    ...goes.views.map((def) =>
      draft(`DROP VIEW ${identifier(def.name)}`, reason(def.name, comes.views), { inverse: sqlOf.view(def) }),
    ),
    ...goes.indexes.map((def) =>
      draft(`DROP INDEX ${identifier(def.name)}`, reason(def.name, comes.indexes), { table: def.table, inverse: sqlOf.index(def) }),
    ),
    ...goes.virtualTables.map((def) =>
      draft(`DROP TABLE ${identifier(def.name)}`, reason(def.name, comes.virtualTables), {
        table: def.name,
        risk: isRemakeable(def) ? 'safe' : 'loses data',
        inverse: isRemakeable(def) ? sqlOf['virtual-table'](def) : null,
      }),
    ),
  ];
  return drops.map((one) => [one]);
}

export function renameStatements(steps: readonly RenameStep[]): Group[] {
  const sql = (table: string | null, from: string, to: string) =>
    table === null
      ? `ALTER TABLE ${identifier(from)} RENAME TO ${identifier(to)}`
      : `ALTER TABLE ${identifier(table)} RENAME COLUMN ${identifier(from)} TO ${identifier(to)}`;
  const all = steps.map(({ table, from, to }) =>
    draft(sql(table, from, to), `${from} is called ${to} from now on; SQLite rewrites what mentions it.`, {
      table: table ?? from,
      inverse: sql(table, to, from),
    }),
  );
  // A name on the way to another one must not stay.
  return all.length === 0 ? [] : [all];
}

export function createObjects(
  changes: SchemaChanges,
  direction: Direction,
  { rowsOf, made }: Pick<TablePhase, 'rowsOf' | 'made'>,
): Group[] {
  const comes = movesOf(changes, direction === 'forward' ? 'created' : 'dropped');
  const remade = new Set(comes.views.map(({ name }) => foldName(name)));
  // Dropping a view drops the INSTEAD OF triggers on it.
  const orphaned = changes.triggers.kept.filter(({ table }) => remade.has(foldName(table)));
  const triggers = [...comes.triggers, ...orphaned];
  return [
    ...comes.indexes.filter(({ name }) => !made.has(foldName(name))).map((def) => [createIndex(def, rowsOf)]),
    ...comes.views.map((def) => [
      draft(sqlOf.view(def), `${def.name} is missing.`, { inverse: `DROP VIEW ${identifier(def.name)}` }),
    ]),
    ...comes.virtualTables.map((def) => virtual(def)),
    ...triggers.map((def) => [
      draft(sqlOf.trigger(def), `${def.name} is missing.`, { table: def.table, inverse: `DROP TRIGGER ${identifier(def.name)}` }),
    ]),
  ];
}

function virtual(def: VirtualTableDef): Group {
  const create = draft(sqlOf['virtual-table'](def), `${def.name} is missing.`, {
    table: def.name,
    inverse: `DROP TABLE ${identifier(def.name)}`,
  });
  if (!isRemakeable(def)) return [create];
  const name = identifier(def.name);
  return [
    create,
    draft(`INSERT INTO ${name}(${name}) VALUES ('rebuild')`, 'Reads the rows of the table that it is about.', {
      table: def.name,
      rows: null,
      risk: 'slow',
    }),
  ];
}
