/** What the door itself has to do with schemas: putting together who is asked. */
import { catalogOf } from '../catalog.ts';
import { d1Database } from '../database/d1.ts';
import { scratchDatabase } from '../database/scratch.ts';
import { bindingOf, managed } from '../env.ts';
import type { Surroundings } from '../schema/compare.ts';
import type { Draft } from '../schema/files.ts';
import type { AppContext } from './context.ts';

/** Names of scratch objects are taken once: two requests must not wipe each other's. */
export function surroundings(c: AppContext, db: string): Surroundings {
  const { binding } = managed(db);
  const name = `compare_${crypto.randomUUID()}`;
  return {
    databaseName: binding,
    database: d1Database(bindingOf(c.env, binding)),
    scratch: () => scratchDatabase(c.env.SCRATCH.getByName(name)),
    catalog: catalogOf(binding),
    now: () => new Date(),
  };
}

export const draftsOf = async (c: AppContext, db: string): Promise<Draft[]> =>
  c.env.CONTROL.getByName(managed(db).binding).drafts();
