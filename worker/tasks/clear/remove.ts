/** One piece of work at a time: each an effect that happens exactly once, in a batch that also checks what it expects (J3, J6, S2). */
import { keyOf } from '../../core/clear/doomed-sql.ts';
import {
  batchStatements,
  DEFER,
  DROP_LIST,
  fillList,
  LIST,
  listedRows,
  listStart,
  makeList,
  openRing,
  removeWhere,
  resetSequence,
  type Sql,
  tiedRows,
} from '../../core/clear/statements.ts';
import { type Item, removedOf, type Work } from '../../core/clear/work.ts';
import type { Table } from '../../core/schema/model.ts';
import { identifier } from '../../core/sql/quote.ts';
import { countIs, type Expectations, rowsAre } from '../../database/expect.ts';
import { deleteFence } from '../../database/fence.ts';
import { asPlanned, asPredicted } from './expect.ts';
import type { ClearCursor, Scene } from './state.ts';

/** What a piece of work has done. `over`: the item is. `rows`: removed by it, by table. */
export interface Done {
  readonly over: boolean;
  readonly rows: { readonly [table: string]: number };
}

const NOTHING: Done = { over: true, rows: {} };

/** Which errors a ring may cause that is not untied: D1 lets actions nest ten deep, and a SET NULL may hit a column that is NOT NULL. */
const TIED = /nested too deep|NOT NULL constraint failed|FOREIGN KEY constraint failed/;

export async function doItem(scene: Scene, cursor: ClearCursor, item: Item): Promise<Done> {
  switch (item.do) {
    case 'whole':
      return wholeTable(scene, cursor);
    case 'batch':
      return inOneBatch(scene, cursor);
    case 'list':
      return listGroup(scene, cursor, item);
    case 'open':
      return openSlice(scene, cursor, item);
    case 'remove':
      return removeSlice(scene, cursor, item);
    case 'finish':
      await effect(scene, 'finish', [DROP_LIST, ...resetSequence(scene.work)]);
      return NOTHING;
  }
}

/** Before the first slice of an attempt: everything is as predicted, less what is gone already. */
export async function checkAttempt({ context, work, basis }: Scene, cursor: ClearCursor): Promise<void> {
  await context.hands.effect(`check-${context.job.attempt}`, [], { before: [...basis.expectations, ...asPredicted(work, cursor)] });
}

const effect = ({ context, basis }: Scene, name: string, statements: readonly Sql[], expect: Expectations = {}) =>
  context.hands.effect(name, statements, { ...expect, before: [...basis.expectations, ...(expect.before ?? [])] });

const allRemoved = (work: Work): Done => ({
  over: true,
  rows: Object.fromEntries(work.predicted.map(({ table, removed }) => [table, removed])),
});

/** Without triggers on DELETE the table's pages go at once. The fence's own is put back before anybody else can see that it was gone. */
async function wholeTable(scene: Scene, cursor: ClearCursor): Promise<Done> {
  const { work } = scene;
  const { name } = work.target;
  const { open, close } = await deleteFence(scene.context.database, name);
  await effect(scene, 'clear', [...open, removeWhere(work.target, null), ...close, ...resetSequence(work)], {
    before: asPredicted(work, cursor),
    after: asPlanned(work),
  });
  return allRemoved(work);
}

async function inOneBatch(scene: Scene, cursor: ClearCursor): Promise<Done> {
  const { work } = scene;
  const expect = { before: asPredicted(work, cursor), after: asPlanned(work) };
  try {
    await effect(scene, 'clear', batchStatements(work, false), expect);
  } catch (error) {
    if (work.rings.length === 0 || !(error instanceof Error) || !TIED.test(error.message)) throw error;
    await effect(scene, 'clear', batchStatements(work, true), expect);
  }
  return allRemoved(work);
}

async function listGroup(scene: Scene, cursor: ClearCursor, { group }: Extract<Item, { do: 'list' }>): Promise<Done> {
  const { work } = scene;
  const first = cursor.item === 0 ? makeList(work) : [];
  const numbers = group.tables.map((table) => ({ table, number: work.consequences.doomed.number(table) }));
  await effect(scene, `list-${cursor.item}`, [...first, fillList(work, group)], {
    after: numbers.map(({ table, number }) =>
      countIs(`Rows of \`${table.name}\` that go`, `${LIST} WHERE tab = ${number}`, removedOf(work, table)),
    ),
  });
  return NOTHING;
}

async function openSlice(scene: Scene, cursor: ClearCursor, { reference }: Extract<Item, { do: 'open' }>): Promise<Done> {
  const { context, work } = scene;
  const where = reference.child === work.target ? null : listedRows(work, reference.child, null);
  const { rows } = await context.database.query(`SELECT EXISTS (SELECT 1 FROM ${tiedRows(reference, where)})`);
  const statement = openRing(reference, where, openRows(work, reference.child));
  if (rows[0]?.[0] !== 1 || statement === null) return NOTHING;
  await effect(scene, `open-${cursor.item}-${cursor.slice}`, [DEFER, statement]);
  return { over: false, rows: {} };
}

/** As many as are removed at a time later. */
function openRows({ items }: Work, table: Table): number {
  for (const item of items) if (item.do === 'remove' && item.table === table) return item.sliceRows;
  throw new Error(`${table.name} is opened but not removed`);
}

/** The size of a slice follows from what is gone, never from what is there: whoever comes after a lost reply works out the same one. */
async function removeSlice(scene: Scene, cursor: ClearCursor, item: Extract<Item, { do: 'remove' }>): Promise<Done> {
  const { work } = scene;
  const { table, rows } = item;
  const size = Math.min(item.sliceRows, rows - cursor.done);
  const over = cursor.done + size >= rows;
  const slice = item.listed
    ? listedSlice(work, table, cursor.done, size)
    : await targetSlice(scene, table, size, over, rows - cursor.done);
  // Whoever still refers to the table now has come since it was looked at.
  const unreferred = table === work.target && cursor.done === 0 ? asPredicted(work, cursor) : [];
  await effect(scene, `remove-${cursor.item}-${cursor.slice}`, [DEFER, removeWhere(table, slice.where)], {
    before: [...unreferred, slice.before],
    after: [slice.after],
  });
  return { over, rows: { [table.name]: size } };
}

interface Slice {
  readonly where: string | null;
  readonly before: ReturnType<typeof countIs>;
  readonly after: ReturnType<typeof countIs>;
}

const counted = (table: Table, where: string | null, rows: number) =>
  countIs(`Rows of this slice of \`${table.name}\``, `${identifier(table.name)}${where === null ? '' : ` WHERE ${where}`}`, rows);

function listedSlice(work: Work, table: Table, done: number, size: number): Slice {
  const after = listStart(work, table) + done;
  const where = listedRows(work, table, { after, upTo: after + size });
  return { where, before: counted(table, where, size), after: counted(table, where, 0) };
}

async function targetSlice({ context }: Scene, table: Table, size: number, over: boolean, left: number): Promise<Slice> {
  const key = keyOf(table).map(identifier);
  if (over) return { where: null, before: counted(table, null, size), after: counted(table, null, 0) };
  if (table.rowidName === null) {
    const columns = key.join(', ');
    const where = `(${columns}) IN (SELECT ${columns} FROM ${identifier(table.name)} LIMIT ${size})`;
    return { where, before: rowsAre(table.name, left), after: rowsAre(table.name, left - size) };
  }
  const [rowid] = key;
  const { rows } = await context.database.query(
    `SELECT CAST(${rowid} AS TEXT) FROM ${identifier(table.name)} ORDER BY ${rowid} LIMIT 1 OFFSET ${size - 1}`,
  );
  const last = String(rows[0]?.[0] ?? '');
  const where = /^-?\d+$/.test(last) ? `${rowid} <= ${last}` : null;
  return { where, before: counted(table, where, size), after: counted(table, where, 0) };
}
