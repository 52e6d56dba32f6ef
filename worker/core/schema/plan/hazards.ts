/** What may go wrong or be lost, said before: from the changes and the answers of the probes. */
import type { Hazard } from '../../../protocol/plan.ts';
import type { SchemaDef } from '../../../protocol/schema.ts';
import { mentions } from '../create-text.ts';
import { byName } from '../diff/code.ts';
import { isRemakeable } from '../diff/diff.ts';
import { foldName, sameName } from '../names.ts';
import type { SchemaChanges } from './changes.ts';
import { type Answers, type Probe, type Violation, valuesId } from './probes.ts';
import { MAX_COLUMNS } from './projection.ts';

export const hazard = (
  code: string,
  level: Hazard['level'],
  message: string,
  hint: string,
  more: Partial<Pick<Hazard, 'table' | 'column' | 'samples'>> = {},
): Hazard => ({
  code,
  level,
  message,
  hint,
  table: null,
  column: null,
  samples: [],
  ...more,
});

const count = (n: number): string => n.toLocaleString('en-US');
const rows = (n: number): string => (n === 1 ? '1 row' : `${count(n)} rows`);

const WORDS: Readonly<Record<Violation, { readonly says: string; readonly hint: string }>> = {
  not_null: {
    says: 'have no value in',
    hint: 'Give an expression that fills it, a default in the code, or leave this difference out.',
  },
  unique: { says: 'are double in', hint: 'Change or delete the doubles first, or leave this difference out.' },
  check: {
    says: 'do not pass the check',
    hint: 'Correct them first, fill the column with an expression, or leave this difference out.',
  },
  foreign_key: {
    says: 'refer to a row that is not there:',
    hint: 'Correct or empty these references first, or leave this difference out.',
  },
  strict_type: {
    says: 'hold a value that STRICT refuses in',
    hint: 'Give an expression that converts it, or correct the values first.',
  },
  narrowing: {
    says: 'hold a value that does not fit the new type of',
    hint: 'Such values may change for good (text that reads as a number loses its spelling). Give an expression that converts them, or silence this with a reason.',
  },
};

/** Rows that the new shape would not take. Anything but `narrowing` stops the plan. */
export function violationHazards(probes: readonly Probe[], answers: Answers): Hazard[] {
  return probes.flatMap((probe): Hazard[] => {
    if (probe.kind !== 'violations') return [];
    const found = answers.get(probe.id) ?? [];
    const n = Number(found[0]?.[0] ?? 0);
    if (n === 0) return [];
    const { says, hint } = WORDS[probe.violation];
    const samples = found.map((row) => Object.fromEntries(probe.columns.map((name, at) => [name, String(row[at + 1] ?? 'NULL')])));
    const narrowing = probe.violation === 'narrowing';
    const message = `${probe.violation === 'unique' ? `${count(n)} values` : rows(n)} of ${probe.table} ${says} ${probe.what}.`;
    return [
      hazard(narrowing ? 'narrowing_type' : `rows_violate_${probe.violation}`, narrowing ? 'danger' : 'stop', message, hint, {
        table: probe.table,
        column: probe.column,
        samples,
      }),
    ];
  });
}

export function lossHazards(changes: SchemaChanges, rowsOf: (table: string) => number, answers: Answers): Hazard[] {
  const tables = changes.dropped.map(({ name }) =>
    hazard('loses_table', 'danger', `${name} goes, with ${rows(rowsOf(name))}.`, 'Only the safety backup brings them back.', {
      table: name,
    }),
  );
  const columns = changes.altered.flatMap(({ from, dropped }) =>
    dropped
      .filter(({ generated }) => !generated)
      .map(({ name }) => {
        const n = Number(answers.get(valuesId(from.name, name))?.[0]?.[0] ?? 0);
        const message = `${from.name}.${name} goes, with ${count(n)} ${n === 1 ? 'value' : 'values'}.`;
        return hazard(
          'loses_column',
          n === 0 ? 'warning' : 'danger',
          message,
          'Only the safety backup brings them back. If it has only another name now, say so as a rename.',
          { table: from.name, column: name },
        );
      }),
  );
  const virtual = changes.virtualTables.dropped
    .filter((def) => !isRemakeable(def))
    .map(({ name, module }) =>
      hazard(
        'loses_table',
        'danger',
        `The ${module} table ${name} goes, with all that is in it.`,
        'Only the safety backup brings it back.',
        { table: name },
      ),
    );
  return [...tables, ...columns, ...virtual];
}

/** Views and triggers that stay and mention what goes. */
export function readerHazards({ altered, dropped, views, triggers, target }: SchemaChanges): Hazard[] {
  const gone = [
    ...dropped.map(({ name }) => ({ table: name, column: null })),
    ...altered.flatMap(({ from, dropped: columns }) => columns.map(({ name }) => ({ table: from.name, column: name }))),
  ];
  const there = new Set([...target.tables, ...target.views].map(({ name }) => foldName(name)));
  return gone.flatMap(({ table, column }) => {
    const what = column === null ? table : `${table}.${column}`;
    const reads = (text: string) =>
      mentions(text, table) && (column === null ? !there.has(foldName(table)) : mentions(text, column));
    const broken = views.kept
      .filter(({ select }) => reads(select))
      .map(({ name }) =>
        hazard(
          'view_would_break',
          'danger',
          `The view ${name} seems to read ${what}, which goes.`,
          'Change or drop the view in the same plan.',
          { table, column },
        ),
      );
    const failing = triggers.kept
      .filter((one) => reads(one.body) || (column !== null && sameName(one.table, table) && mentions(one.body, column)))
      .map(({ name }) =>
        hazard(
          'trigger_mentions_dropped',
          'danger',
          `The trigger ${name} seems to use ${what}, which goes: writes that fire it would fail.`,
          'Change or drop the trigger in the same plan.',
          { table, column },
        ),
      );
    return [...broken, ...failing];
  });
}

export function limitHazards({ target, altered, created }: SchemaChanges): Hazard[] {
  const touched = byName([...altered.map(({ to }) => to), ...created]);
  return target.tables.flatMap((table) => {
    if (!touched.has(foldName(table.name)) || table.columns.length <= MAX_COLUMNS) return [];
    return [
      hazard(
        'too_many_columns',
        'stop',
        `${table.name} would have ${table.columns.length} columns.`,
        `D1 allows ${MAX_COLUMNS}. Split the table.`,
        { table: table.name },
      ),
    ];
  });
}

const MAX_STATEMENT_BYTES = 100_000;
const utf8 = new TextEncoder();

export const statementHazards = (statements: readonly { readonly sql: string; readonly table: string | null }[]): Hazard[] =>
  statements.flatMap(({ sql, table }) => {
    if (sql.length * 3 <= MAX_STATEMENT_BYTES || utf8.encode(sql).length <= MAX_STATEMENT_BYTES) return [];
    return [
      hazard(
        'statement_too_long',
        'stop',
        'A statement would have more than 100,000 bytes.',
        'D1 refuses it. Make the definition shorter.',
        { table },
      ),
    ];
  });

/** Keys of the target that SQLite would call a mismatch: writes to either table would fail. */
export function keyHazards(target: SchemaDef, concerned: ReadonlySet<string>): Hazard[] {
  const tables = byName(target.tables);
  return target.tables.flatMap((child) =>
    child.foreignKeys.flatMap((key) => {
      const parent = tables.get(foldName(key.table));
      if (!concerned.has(foldName(child.name)) && !concerned.has(foldName(key.table))) return [];
      const wanted = new Set(key.references.map(foldName));
      const isKey = (names: readonly (string | null)[]) =>
        names.length === wanted.size && names.every((name) => name !== null && wanted.has(foldName(name)));
      const found =
        parent !== undefined &&
        (wanted.size === 0 ||
          isKey(parent.primaryKey?.columns.map(({ column }) => column) ?? []) ||
          parent.uniques.some(({ columns }) => isKey(columns.map(({ column }) => column))) ||
          target.indexes.some(
            (index) =>
              index.unique &&
              index.where === null &&
              sameName(index.table, key.table) &&
              isKey(index.terms.map(({ column }) => column)),
          ));
      if (found) return [];
      return [
        hazard(
          'foreign_key_mismatch',
          'stop',
          `${child.name} (${key.columns.join(', ')}) would refer to ${key.table} (${key.references.join(', ')}), which is no key there.`,
          'Choose the key or unique index of the other table too, or leave this out.',
          { table: child.name },
        ),
      ];
    }),
  );
}

/** A reason silences warnings and notes; what loses or stops cannot be argued away. */
export const silenced = (hazards: readonly Hazard[], silence: Readonly<Record<string, string>>): Hazard[] =>
  hazards.map((one) => {
    const reason = silence[one.code];
    const quiet = reason !== undefined && (one.level === 'warning' || one.level === 'note' || one.code === 'narrowing_type');
    return quiet ? { ...one, level: 'note', hint: `Silenced: ${reason}` } : one;
  });
