/** What a plan is, in one number: what an approval is bound to. */
import { createHash } from 'node:crypto';
import type { PlanKind, PlanStatement } from '../../protocol/plan.ts';

export interface Hashed {
  readonly database: string;
  readonly kind: PlanKind;
  readonly params: Readonly<Record<string, unknown>>;
  readonly basis: string;
  readonly statements: readonly PlanStatement[];
}

/** SHA-256, as hex, of the JSON array of database, kind, params, basis and statements; keys in order. */
export const planHash = ({ database, kind, params, basis, statements }: Hashed): string =>
  createHash('sha256')
    .update(canonical([database, kind, params, basis, statements]))
    .digest('hex');

/** The same content as the same text, whatever order its keys were set in. */
export const canonical = (value: unknown): string => JSON.stringify(value, (_, part: unknown) => sorted(part)) ?? 'null';

const sorted = (part: unknown): unknown =>
  typeof part === 'object' && part !== null && !Array.isArray(part)
    ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
    : part;
