/** What Drizzle has no words for, in words for people. */
import type { ForeignKeyDef, SchemaDef, TableDef } from '../../protocol/schema.ts';

const quoted = (name: string): string => `\`${name}\``;

function keyFacets({ primaryKey }: TableDef): string[] {
  if (!primaryKey) return [];
  const descending = primaryKey.columns.filter((term) => term.descending).map(({ column }) => quoted(column ?? ''));
  return [
    ...(descending.length > 0 ? [`The key is in descending order of ${descending.join(', ')}.`] : []),
    ...(primaryKey.onConflict === 'ABORT' ? [] : [`The key has ON CONFLICT ${primaryKey.onConflict}.`]),
  ];
}

const deferredFacet = ({ columns, deferred }: ForeignKeyDef): string[] =>
  deferred ? [`The reference of ${columns.map(quoted).join(', ')} is DEFERRABLE INITIALLY DEFERRED.`] : [];

/** Sentences about the table. */
export function silentFacets(table: TableDef): string[] {
  const options = [table.strict ? 'STRICT' : '', table.withoutRowid ? 'WITHOUT ROWID' : ''].filter(Boolean);
  const collated = table.columns.filter(({ collation }) => collation !== 'BINARY');
  return [
    ...(options.length > 0 ? [`${options.join(', ')}.`] : []),
    ...collated.map(({ name, collation }) => `${quoted(name)} compares with ${collation}.`),
    ...keyFacets(table),
    ...table.uniques.flatMap(({ columns, onConflict }) =>
      onConflict === 'ABORT' ? [] : [`UNIQUE (${columns.map(({ column }) => column).join(', ')}) has ON CONFLICT ${onConflict}.`],
    ),
    ...table.foreignKeys.flatMap(deferredFacet),
  ];
}

/** A comment that names the triggers and virtual tables; empty when there are none. */
export function silentObjects({ virtualTables, triggers }: SchemaDef): string {
  if (virtualTables.length + triggers.length === 0) return '';
  return [
    '/*',
    ' * Drizzle has no words for these; they stand in the migrations:',
    ...virtualTables.map(({ name, module }) => ` * - virtual table ${safe(quoted(name))} (${safe(module)})`),
    ...triggers.map(({ name, table }) => ` * - trigger ${safe(quoted(name))} on ${safe(quoted(table))}`),
    ' */\n',
  ].join('\n');
}

const safe = (text: string): string => text.replaceAll('*/', '*\\/').replaceAll(/[\n\r\u2028\u2029]/g, ' ');
