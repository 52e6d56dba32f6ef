/** What the plan predicted, as one text that SQL can compute again inside a batch (S2). */

import type { Table } from '../schema/model.ts';
import { textLiteral } from '../sql/quote.ts';
import type { About } from './consequences.ts';
import { removedOf, type Work } from './work.ts';

export interface Check {
  /** A scalar expression. */
  readonly found: string;
  readonly wanted: string;
}

/** `gone`: rows of a table that this job has removed already. */
export function predictedChecks(work: Work, gone: (table: Table) => number): Check[] {
  const { consequences, target } = work;
  return consequences.questions.map(({ sql, about }) => {
    const parts = about.flatMap((one, at) => {
      const known = expected(work, one, gone);
      return known === null ? [] : [{ ...known, column: `c${at}` }];
    });
    const texts = parts.map(({ name, column }, at) => `${textLiteral(`${at === 0 ? '' : ', '}${name}: `)} || ${column}`);
    return {
      found: `SELECT ${texts.length === 0 ? textLiteral(target.name) : joinedText(texts)} FROM (${sql})`,
      wanted: parts.length === 0 ? target.name : parts.map(({ name, rows }) => `${name}: ${rows}`).join(', '),
    };
  });
}

/** Null: the plan does not say. */
function expected(work: Work, about: About, gone: (table: Table) => number): { name: string; rows: number } | null {
  switch (about.kind) {
    case 'before': {
      const known = work.predicted.find(({ table }) => table === about.table.name);
      return known ? { name: about.table.name, rows: known.before - gone(about.table) } : null;
    }
    case 'removed':
      return { name: `${about.table.name} to go`, rows: removedOf(work, about.table) - gone(about.table) };
    case 'changed':
      return { name: `${about.table.name} to change`, rows: changedOf(work, about.table) };
    case 'blocked':
      return { name: `${about.reference.child.name} in the way`, rows: 0 };
  }
}

/** As a balanced tree: D1 takes expressions up to a depth of 100. */
function joinedText(texts: readonly string[]): string {
  if (texts.length === 1) return texts[0] as string;
  const half = texts.length >> 1;
  return `(${joinedText(texts.slice(0, half))}) || (${joinedText(texts.slice(half))})`;
}

const changedOf = ({ predicted }: Work, table: Table): number => predicted.find((one) => one.table === table.name)?.changed ?? 0;
