/** Expressions that people give for rows without a value: checked before they become part of any SQL (X3). */
import type { Hazard } from '../../../protocol/plan.ts';
import type { TableDef } from '../../../protocol/schema.ts';
import { parseExpression } from '../ddl/index.ts';
import { byName } from '../diff/code.ts';
import { columnId } from '../diff/items.ts';
import { foldName, sameName } from '../names.ts';
import type { SchemaChanges } from './changes.ts';
import { hazard } from './hazards.ts';
import type { Fill } from './projection.ts';

/** From ids by the code's names to ids by the names that the database has now; what cannot be used is a hazard. */
export function readFill({ target, mid, live }: SchemaChanges, fill: Fill): { fill: Fill; hazards: Hazard[] } {
  const ids = new Map<string, { id: string; table: TableDef }>();
  target.tables.forEach((table, n) => {
    const now = mid.tables[n];
    table.columns.forEach((column, at) => {
      const name = now?.columns[at]?.name;
      if (now && name !== undefined) ids.set(columnId(table.name, column.name), { id: columnId(now.name, name), table: now });
    });
  });
  const hazards: Hazard[] = [];
  const checked: Record<string, string> = {};
  const old = byName(live.tables);
  for (const [id, text] of Object.entries(fill)) {
    const place = ids.get(id);
    const table = place && old.get(foldName(place.table.name));
    const read = place && table ? expressionOf(text, table) : { problem: 'there is no such column in a table with rows' };
    if (place && 'text' in read) checked[place.id] = read.text;
    else
      hazards.push(
        hazard(
          'fill_invalid',
          'stop',
          `The expression for ${id} cannot be used: ${'problem' in read ? read.problem : ''}.`,
          'Give one SQL expression over the columns of that table.',
        ),
      );
  }
  return { fill: checked, hazards };
}

/** The text is written anew from what was read: a comment that nobody closed would swallow what is put behind it. */
function expressionOf(text: string, table: TableDef): { readonly text: string } | { readonly problem: string } {
  const parsed = parseExpression(text, { columns: table.columns.map(({ name }) => name), table: table.name });
  if (parsed.kind === 'problem') return { problem: parsed.message };
  const unknown = parsed.names.find((name) => !table.columns.some((column) => sameName(column.name, name.column)));
  return unknown ? { problem: `${table.name} has no column ${unknown.column}` } : { text: parsed.text };
}
