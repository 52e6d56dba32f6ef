/**
 * Rows that refer to one another in a ring have no order in which each goes before what it refers to. Untied, they have: a column is set to
 * NULL, or, where it may not be, the row is made to refer to itself.
 */
import type { Table } from '../schema/model.ts';
import { sameName } from '../schema/names.ts';
import { identifier } from '../sql/quote.ts';
import { isSelf, type Reference } from './graph.ts';

export interface Opening {
  /** `SET` what. */
  readonly set: string;
  /** True for rows, under the alias `c`, that are not untied yet. */
  readonly tied: string;
}

/** Null: it cannot be opened. */
export function openable(reference: Reference): Opening | null {
  const { child, pairs } = reference;
  const free = pairs.map(([column]) => column).find((column) => mayBeNull(child, column));
  if (free !== undefined) return { set: `${identifier(free)} = NULL`, tied: `c.${identifier(free)} IS NOT NULL` };
  const moved = pairs.filter(([column, key]) => !sameName(column, key));
  if (!isSelf(reference) || moved.some(([column]) => isFixed(child, column))) return null;
  return {
    set: moved.map(([column, key]) => `${identifier(column)} = ${identifier(key)}`).join(', '),
    tied: `(${moved.map(([column, key]) => `c.${identifier(column)} IS NOT c.${identifier(key)}`).join(' OR ')})`,
  };
}

const mayBeNull = (table: Table, column: string): boolean => {
  const found = table.columns.find(({ name }) => sameName(name, column));
  return found !== undefined && !found.notNull && found.pk === 0 && !isFixed(table, column);
};

/** Generated, or part of the key by which others know the row. */
const isFixed = (table: Table, column: string): boolean =>
  table.columns.some(({ name, generated, pk }) => sameName(name, column) && (generated !== 'no' || pk > 0));
