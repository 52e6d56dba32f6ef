/** Remarks about D1 that matter to whoever looks after this database: warnings first, then how things are and what does them. */
import type { BackupSummary } from '../../protocol/backup.ts';
import type { Note, TableStats } from '../../protocol/database.ts';
import type { DatabaseFacts } from './facts.ts';
import { ago, bytesInWords, named, shellWord } from './words.ts';

export interface NoteFacts {
  /** As wrangler knows it: its name or its binding. */
  readonly databaseName: string;
  /** Null while it cannot be reached. */
  readonly sizeBytes: number | null;
  readonly sizeLimitBytes: number;
  readonly tables: readonly TableStats[];
  /** Of the last sample; null before the first. */
  readonly facts: DatabaseFacts | null;
  readonly lastBackup: BackupSummary | null;
  readonly now: Date;
}

export const MOST_NOTES = 12;
export const LONGEST_NOTE = 240;
const FREE_PLAN_BYTES = 500_000_000;
const NEAR_LIMIT_SHARE = 0.8;
const NEAR_FREE_SHARE = 0.7;
const OLD_BACKUP_MS = 7 * 24 * 60 * 60 * 1000;
const MOST_COLUMNS = 100;
const WIDE_COLUMNS = 90;
const LARGE_ROW_BYTES = 1_000_000;

export function notesFor(known: NoteFacts): Note[] {
  const notes = [
    sizeNote(known),
    backupNote(known),
    ...(known.facts ? factNotes(known.facts) : []),
    exactNote(known.facts),
    timeTravelNote(known),
    exportNote(known),
    ...(known.facts ? schemaNotes(known.facts) : []),
    limitsNote(),
  ].filter((note) => note !== null);
  const warnings = notes.filter(({ level }) => level === 'warning');
  return [...warnings, ...notes.filter(({ level }) => level === 'info')].slice(0, MOST_NOTES);
}

function sizeNote({ databaseName, sizeBytes, sizeLimitBytes }: NoteFacts): Note | null {
  const command = `wrangler d1 info ${shellWord(databaseName)}`;
  const limit = bytesInWords(sizeLimitBytes);
  if (sizeBytes === null) return null;
  if (sizeBytes >= sizeLimitBytes * NEAR_LIMIT_SHARE) {
    const share = Math.floor((sizeBytes / sizeLimitBytes) * 100);
    const text = `${bytesInWords(sizeBytes)} of ${limit} are used (${share} %). D1 cannot be made larger: when it is full, writes fail. Delete rows, or move tables to another database.`;
    return { level: 'warning', title: 'Near the size limit', text, command };
  }
  if (sizeBytes >= FREE_PLAN_BYTES * NEAR_FREE_SHARE && sizeBytes < FREE_PLAN_BYTES) {
    const text = `${bytesInWords(sizeBytes)} are used. A database may have ${limit} on the paid plan, but only ${bytesInWords(FREE_PLAN_BYTES)} on the free plan, where writes fail beyond that.`;
    return { level: 'info', title: 'Near the free plan’s limit', text, command };
  }
  const text = `${bytesInWords(sizeBytes)} of ${limit} are used; the free plan allows ${bytesInWords(FREE_PLAN_BYTES)}. Deleted rows make room inside the database first.`;
  return { level: 'info', title: 'Size', text, command };
}

function backupNote({ lastBackup, now }: NoteFacts): Note | null {
  const warning = (title: string, text: string): Note => ({ level: 'warning', title, text });
  if (!lastBackup) {
    return warning(
      'No backup yet',
      'Nothing of this database is kept elsewhere. Time Travel restores in place only, and ends with the database. Start an export.',
    );
  }
  const ageMs = now.getTime() - Date.parse(lastBackup.createdAt);
  if (lastBackup.verification.state === 'damaged') {
    return warning(
      'The last backup is damaged',
      'Its verification failed: do not rely on it. Start a new export, and verify that one.',
    );
  }
  if (ageMs > OLD_BACKUP_MS) {
    return warning(
      'The last backup is old',
      `It was taken ${ago(ageMs)} ago. What was written since can only come back by Time Travel, in place.`,
    );
  }
  if (!lastBackup.partial) return null;
  return warning(
    'The last backup is partial',
    `It holds ${lastBackup.tables} of the tables only. The database cannot be rebuilt from it.`,
  );
}

/** What the sample has shown. */
function factNotes(facts: DatabaseFacts): Note[] {
  const { largestRow, widest, bigIntegers, unreadable } = facts;
  const notes: Note[] = [];
  const warn = (title: string, text: string) => notes.push({ level: 'warning', title, text });
  if (unreadable.length > 0) {
    warn(
      'Tables that cannot be read',
      `${named(unreadable)}: D1 answered with an error, so their figures are missing. Run PRAGMA quick_check.`,
    );
  }
  if (largestRow && largestRow.bytes >= LARGE_ROW_BYTES) {
    const text = `A row of ${named([largestRow.table])} has ${bytesInWords(largestRow.bytes)}. D1 refuses rows, texts and blobs over 2 MB. Large contents belong in R2.`;
    warn('Rows near the limit', text);
  }
  if (widest && widest.columns >= WIDE_COLUMNS) {
    const text = `${named([widest.table])} has ${widest.columns} columns; D1 allows ${MOST_COLUMNS}, in a table as in a result, so joins of it must name their columns.`;
    warn('Near the column limit', text);
  }
  if (facts.unindexedForeignKeys.length > 0) {
    const keys = facts.unindexedForeignKeys.map(({ table, columns }) => `${table} (${columns.join(', ')})`);
    warn(
      'Foreign keys without an index',
      `${named(keys)}: each delete or key change in the parent reads the whole table. Index these columns.`,
    );
  }
  if (bigIntegers.length > 0) {
    const text = `${named(bigIntegers)}: integers beyond 2^53 were seen. Workers and wrangler get them rounded; read them with CAST(… AS TEXT). Exports here keep them exact.`;
    warn('Integers that JavaScript cannot hold', text);
  }
  return notes;
}

function exactNote(facts: DatabaseFacts | null): Note {
  const rows = facts?.estimatedRows
    ? 'Rows of large tables are estimated from key ranges and samples, to keep reads cheap.'
    : 'Rows are counted.';
  const text = `The size of the database is exact. ${rows} D1 tells no sizes of tables and indexes: they are estimated from sampled rows and add up to the exact size.`;
  return { level: 'info', title: 'What is exact', text };
}

function timeTravelNote({ databaseName }: NoteFacts): Note {
  const text =
    'D1 keeps every change for 30 days (7 on the free plan). A restore is in place only: the whole database goes back, nothing can be looked at first.';
  return { level: 'info', title: 'Time Travel', text, command: `wrangler d1 time-travel info ${shellWord(databaseName)}` };
}

function exportNote({ databaseName, facts }: NoteFacts): Note {
  const command = `wrangler d1 export ${shellWord(databaseName)} --remote --output=dump.sql`;
  const fullText = facts?.fullText ?? [];
  const text =
    fullText.length > 0
      ? `It refuses databases with full-text tables (${named(fullText)}), and blocks all queries while it runs. The export here takes them along.`
      : 'It blocks all queries while it runs, rounds large integers, and refuses databases with FTS5 tables. The export here does none of that.';
  return { level: 'info', title: 'Export by wrangler', text, command };
}

function schemaNotes(facts: DatabaseFacts): Note[] {
  const notes: Note[] = [];
  if (facts.foreignKeys > 0) {
    const text =
      'D1 never switches foreign keys off, whatever a migration says. Dropping a parent table to rebuild it deletes or clears the rows of its children.';
    notes.push({ level: 'info', title: 'Foreign keys are always on', text });
  }
  if (facts.keyless.length > 0) {
    const text = `${named(facts.keyless)}: without a primary key a row can only be told from its twin by the hidden rowid, which may change in a rebuild.`;
    notes.push({ level: 'info', title: 'Tables without a key', text });
  }
  return notes;
}

function limitsNote(): Note {
  const text =
    'A statement may have 100 KB and 100 bound parameters, a call 30 seconds. Load many rows as one JSON parameter with json_each, in several batches.';
  return { level: 'info', title: 'Statements', text };
}
