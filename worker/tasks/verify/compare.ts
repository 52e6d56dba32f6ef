/** Compares a loaded scratch database with the manifest, by the codec that wrote the backup. Throws `Damaged` at the first difference. */
import { contentHash, segmentsByTable } from '../../core/backup/manifest.ts';
import { type RowSource, rowSource } from '../../core/backup/source.ts';
import { findTable, type SchemaModel } from '../../core/schema/model.ts';
import { JOINT_BYTES } from '../../core/sql/row-block.ts';
import { introspect } from '../../database/introspect.ts';
import type { Chunk, Manifest, Segment } from '../../protocol/backup.ts';
import { Damaged } from '../../restore/damage.ts';
import { liveContent, userEntries } from '../export/content.ts';
import { newSha256, sha256 } from '../export/hash.ts';
import type { Scratch } from '../task.ts';

export async function compareChunk(scratch: Scratch, chunk: Chunk): Promise<void> {
  const model = await introspect(scratch);
  for (const segment of chunk.segments) {
    const found = await readSegment(scratch, sourceOf(model, segment.table), segment);
    if (found.rows !== segment.rows)
      throw new Damaged(`${segment.table} has ${found.rows} rows where the manifest has ${segment.rows}.`);
    if (found.sha256 !== segment.sha256)
      throw new Damaged(`The rows of ${segment.table} after ${segment.after ?? 'the beginning'} are not those of the manifest.`);
  }
}

function sourceOf(model: SchemaModel, name: string): RowSource {
  const table = findTable(model, name);
  if (!table) throw new Damaged(`The table ${name} is missing.`);
  return rowSource(table);
}

async function readSegment(
  scratch: Scratch,
  source: RowSource,
  { after, rows: wanted }: Segment,
): Promise<{ rows: number; sha256: string }> {
  const hash = newSha256();
  let rows = 0;
  for await (const block of liveContent(scratch).rows(source, after)) {
    const taken = Math.min(block.ends.length, wanted - rows);
    if (rows > 0) hash.update(JOINT_BYTES);
    hash.update(block.bytes.subarray(0, block.ends[taken - 1]));
    rows += taken;
    if (rows === wanted) break;
  }
  return { rows, sha256: hash.digest() };
}

/** No table has rows beyond its last segment, and the manifest's hashes are those of its segments. */
export async function compareEnds(scratch: Scratch, manifest: Manifest): Promise<void> {
  const model = await introspect(scratch);
  const segments = segmentsByTable(manifest.chunks);
  for (const table of manifest.tables) {
    const own = segments.get(table.name) ?? [];
    const rows = own.reduce((sum, segment) => sum + segment.rows, 0);
    if (rows !== table.rows || contentHash(own, sha256) !== table.contentHash)
      throw new Damaged(`The manifest contradicts itself about ${table.name}.`);
    if (table.pagedBy === 'rowid' || table.pagedBy === 'key')
      await mustEnd(scratch, sourceOf(model, table.name), own.at(-1)?.upTo ?? null);
    if (table.pagedBy === 'whole') await mustCount(scratch, sourceOf(model, table.name), rows);
  }
}

async function mustEnd(scratch: Scratch, source: RowSource, last: string | null): Promise<void> {
  for await (const _ of liveContent(scratch).rows(source, last))
    throw new Damaged(`${source.table} has more rows than the manifest.`);
}

async function mustCount(scratch: Scratch, source: RowSource, rows: number): Promise<void> {
  let found = 0;
  for await (const block of liveContent(scratch).rows(source, null)) found += block.ends.length;
  if (found !== rows) throw new Damaged(`${source.table} has ${found} rows where the manifest has ${rows}.`);
}

/** Every object of the manifest is there with its text, and nothing else but what SQLite made for them. */
export async function checkSchema(scratch: Scratch, manifest: Manifest): Promise<void> {
  const model = await introspect(scratch);
  const shadows = new Set(model.tables.filter(({ kind }) => kind === 'shadow').map(({ name }) => name));
  const present = userEntries(model.entries).filter(
    ({ sql, name, table }) => sql !== null && !shadows.has(name) && !shadows.has(table),
  );
  const key = ({ type, name, table, sql }: { type: string; name: string; table: string; sql: string | null }) =>
    JSON.stringify([type, name, table, sql]);
  const wanted = new Map(manifest.schema.map((entry) => [key(entry), entry]));
  for (const entry of present) {
    if (!wanted.delete(key(entry))) throw new Damaged(`The ${entry.type} ${entry.name} is not as the manifest has it.`);
  }
  const [missing] = wanted.values();
  if (missing) throw new Damaged(`The ${missing.type} ${missing.name} is missing.`);
  await checkSequences(scratch, manifest);
}

async function checkSequences(scratch: Scratch, { sequences }: Manifest): Promise<void> {
  if (sequences.length === 0) return;
  const found = new Set((await liveContent(scratch).sequences()).map(([table, seq]) => JSON.stringify([table, seq])));
  for (const { table, seq } of sequences) {
    if (!found.has(JSON.stringify([table, seq]))) throw new Damaged(`AUTOINCREMENT of ${table} does not stand at ${seq}.`);
  }
}

/** Answers remarks: violations that a backup may have which does not claim to be of one moment. */
export async function checkIntegrity(scratch: Scratch, { consistency, partial }: Manifest): Promise<string[]> {
  const quick = await scratch.query('PRAGMA quick_check');
  const complaints = quick.rows.map(([line]) => String(line)).filter((line) => line !== 'ok');
  if (complaints.length > 0) throw new Damaged(`quick_check: ${complaints.slice(0, 3).join('; ')}`);
  const violations = await scratch.query('SELECT "table", count(*) FROM pragma_foreign_key_check GROUP BY "table"');
  if (violations.rows.length === 0) return [];
  const said = `Foreign keys are violated in ${violations.rows.map(([table, count]) => `${table} (${count} rows)`).join(', ')}.`;
  // Of a subset of tables the parents may be missing; of a fuzzy backup, rows may be of different moments.
  if (partial || consistency === 'fuzzy') return [said];
  throw new Damaged(said);
}
