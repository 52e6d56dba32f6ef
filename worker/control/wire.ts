/** What crosses from the control plane object to its callers. An RPC method never throws for what can be expected: it answers. */

import type { By } from '../protocol/audit.ts';
import type { JobKind, JobProgress, JobStep } from '../protocol/job.ts';
import { type ProblemCode, Refusal } from '../protocol/problem.ts';

export type Answer<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly code: ProblemCode; readonly detail: string; readonly hint: string };

/** The value, or the refusal thrown on this side of the wire, where its class survives. */
export function unwrap<T>(answer: Answer<T>): T {
  if (answer.ok) return answer.value;
  throw new Refusal(answer.code, answer.detail, { hint: answer.hint });
}

export function answer<T>(work: () => T): Answer<T> {
  try {
    return { ok: true, value: work() };
  } catch (error) {
    if (error instanceof Refusal) return { ok: false, code: error.code, detail: error.message, hint: error.hint };
    throw error;
  }
}

/** A queue message: ids only. Everything else is asked for at the begin, so that an old message can do no harm. */
export interface SliceMessage {
  readonly database: string;
  readonly jobId: string;
  readonly ticket: number;
}

/** What an executor is told at the begin of its slice. */
export interface Brief {
  readonly jobId: string;
  readonly database: string;
  readonly kind: JobKind;
  /** JSON text, as RPC would bend what it does not know. */
  readonly params: string;
  readonly cursor: string;
  readonly attempt: number;
  readonly startedAt: string;
  /** On whose behalf, for the audit rows of its effects. */
  readonly by: By;
  readonly planHash: string | null;
  /** The plan that the job is bound to, as JSON text. */
  readonly plan: string | null;
  readonly epoch: number;
  readonly nextStep: number;
  readonly cancelRequested: boolean;
}

export interface StepReport {
  readonly n: number;
  readonly name: string;
  readonly cursor: string;
  readonly progress: JobProgress;
  readonly detail: string;
  /** What has landed in the managed database since the step before. */
  readonly effects?: readonly EffectReport[];
}

/** A batch that has landed in the managed database, for the audit trail. */
export interface EffectReport {
  readonly step: string;
  readonly sqlDigest: string;
  readonly statements: number;
  readonly durationMs: number;
}

/** `stale`: another executor owns the job, or nobody does any more. Stop at once and touch nothing. */
export type Standing = 'go-on' | 'cancel' | 'stale';

export type { JobStep };
