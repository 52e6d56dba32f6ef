/** The fake server's schema files and drafts: kept in memory, with the same refusals as the real one. */
import { createHash } from 'node:crypto';
import { DraftRequest, type SchemaFile, type SourcePatch, type SourceProblem } from '../../worker/protocol/schema.ts';
import { refused } from './fake-answer.ts';
import { iso } from './fixtures.ts';

type Draft = NonNullable<SchemaFile['draft']>;
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

export const PEOPLE = `/** Who buys, and who works here. */
import { sql } from 'drizzle-orm';
import { integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';

export const customers = sqliteTable(
  'customers',
  {
    id: integer().primaryKey(),
    email: text().notNull(),
    name: text().notNull(),
    country: text(),
    newsletter: text().notNull().default('no'),
    createdAt: text('created_at').notNull().default(sql\`CURRENT_TIMESTAMP\`),
  },
  (t) => [uniqueIndex('customers_email').on(t.email)],
);

export const employees = sqliteTable('employees', {
  id: integer().primaryKey(),
  name: text().notNull(),
  managerId: integer('manager_id'),
  phone: text().notNull(),
});
`;
const ORDERS = `import { index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { customers } from './people.ts';

export const orders = sqliteTable(
  'orders',
  {
    id: integer().primaryKey({ autoIncrement: true }),
    number: text().notNull().unique(),
    customerId: integer('customer_id')
      .notNull()
      .references(() => customers.id, { onDelete: 'cascade' }),
    nickname: text(),
    placedAt: text('placed_at').notNull(),
  },
  (t) => [index('orders_by_placed').on(t.placedAt)],
);
`;
const INDEX = "export * from './orders.ts';\nexport * from './people.ts';\n";

/** Stands for the real reader, which accepts the declarative subset only. */
function problemsOf(path: string, text: string): SourceProblem[] {
  return text.split('\n').flatMap((line, i) => {
    const column = line.search(/\b(?:eval|process|fetch|require)\b/);
    return column < 0
      ? []
      : [
          {
            path,
            line: i + 1,
            column: column + 1,
            message: 'Only declarations of tables, views and their parts are accepted: this would have to be run.',
          },
        ];
  });
}

export class FakeDrafts {
  readonly files: SchemaFile[] = Object.entries({
    'db/schema/index.ts': INDEX,
    'db/schema/orders.ts': ORDERS,
    'db/schema/people.ts': PEOPLE,
  }).map(([path, text]) => ({ path, text, sha256: sha256(text), draft: null }));
  readonly versions = new Map<string, Draft[]>();

  save(given: unknown, actor: string): SchemaFile {
    const { path, text, basedOn, expect, message } = DraftRequest.parse(given);
    const file = this.one(path);
    if ((file.draft?.n ?? null) !== expect) throw refused('draft_conflict');
    const draft: Draft = {
      n: (expect ?? 0) + 1,
      text,
      basedOn,
      state: 'open',
      message,
      savedAt: iso(Date.now()),
      savedBy: actor,
      problems: problemsOf(path, text),
    };
    this.versions.set(path, [draft, ...(this.versions.get(path) ?? [])]);
    return this.put({ ...file, draft });
  }

  end(path: string, n: number, state: 'accepted' | 'discarded'): SchemaFile {
    const file = this.one(path);
    if (file.draft === null || file.draft.n !== n) throw refused('draft_conflict');
    if (state === 'accepted' && file.draft.problems.length > 0) throw refused('draft_invalid');
    const draft: Draft = { ...file.draft, state };
    this.versions.set(
      path,
      (this.versions.get(path) ?? []).map((one) => (one.n === n ? draft : one)),
    );
    return this.put({ ...file, draft });
  }

  /** The file is another one in the code now, as after a deploy. */
  deploy(path: string, text: string): void {
    this.put({ ...this.one(path), text, sha256: sha256(text) });
  }

  patch(): SourcePatch {
    const changed = this.files.filter(({ draft, text }) => draft !== null && draft.state !== 'discarded' && draft.text !== text);
    return {
      patch: changed.map(({ path }) => `--- a/${path}\n+++ b/${path}\n@@ -1 +1 @@\n-before\n+after\n`).join(''),
      files: changed.map(({ path }) => path),
    };
  }

  /** "The database is right": the invented answer takes a line away, or changes one. */
  adopt(rows: readonly string[], save: boolean, actor: string): SourcePatch {
    const path = rows.some((id) => id.includes('orders')) ? 'db/schema/orders.ts' : 'db/schema/people.ts';
    const file = this.one(path);
    const [before, after] = path.endsWith('orders.ts')
      ? [", { onDelete: 'cascade' }", '']
      : ['  phone: text().notNull(),', "  phone: text('phone', { length: 20 }),"];
    const from = file.draft?.text ?? file.text;
    const text = from.replace(before, after);
    if (save)
      this.save(
        { path, text, basedOn: file.sha256, expect: file.draft?.n ?? null, message: `The database is right: ${rows.join(', ')}` },
        actor,
      );
    const at = from.split('\n').findIndex((line) => line.includes(before));
    const line = from.split('\n')[at] ?? '';
    const context = from.split('\n').slice(Math.max(0, at - 2), at);
    return {
      files: [path],
      patch: `diff --git a/${path} b/${path}\n--- a/${path}\n+++ b/${path}\n@@ -${at - 1},3 +${at - 1},3 @@\n${context.map((one) => ` ${one}\n`).join('')}-${line}\n+${line.replace(before, after)}\n`,
    };
  }

  private one(path: string): SchemaFile {
    const file = this.files.find((one) => one.path === path);
    if (file === undefined) throw refused('schema_file_not_found');
    return file;
  }
  private put(file: SchemaFile): SchemaFile {
    this.files[this.files.findIndex(({ path }) => path === file.path)] = file;
    return file;
  }
}
