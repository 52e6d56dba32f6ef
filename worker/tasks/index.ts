/** Every job kind and what it does. The compiler checks that none is missing and that each stands under its own name. */
import type { JobKind } from '../protocol/job.ts';
import { backupVerify } from './backup-verify.ts';
import { databaseExport } from './database-export.ts';
import { sampleSeed } from './sample-seed.ts';
import { schemaSync } from './schema-sync.ts';
import { tableClear } from './table-clear.ts';
import type { Json, Task } from './task.ts';

// biome-ignore lint/suspicious/noExplicitAny: each task has its own types of params and cursor; the registry is where they meet.
type AnyTask<Kind extends JobKind> = Task<any, any> & { readonly kind: Kind };

const TASKS: { readonly [Kind in JobKind]: AnyTask<JobKind> } = {
  'database.export': databaseExport,
  'backup.verify': backupVerify,
  'sample.seed': sampleSeed,
  'table.clear': tableClear,
  'schema.sync': schemaSync,
};

export const taskOf = (kind: JobKind): Task<unknown, Json> => TASKS[kind];
