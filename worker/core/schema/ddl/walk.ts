/** Visits everything in a tree, outside in. */
import type { Dml, Expr, From, Ordering, ResultColumn, Select, SelectCore, Source, WindowDef, With } from './ast.ts';

export interface Visitor {
  readonly expression?: (expression: Expr) => void;
  readonly select?: (select: Select) => void;
  readonly source?: (source: Source) => void;
}

type Maybe<T> = T | null;

const each = (items: readonly Expr[], visitor: Visitor): void => {
  for (const item of items) walkExpr(item, visitor);
};
const maybe = (item: Maybe<Expr>, visitor: Visitor): void => {
  if (item !== null) walkExpr(item, visitor);
};
const orders = (items: readonly Ordering[], visitor: Visitor): void =>
  each(
    items.map(({ expression }) => expression),
    visitor,
  );

export function walkExpr(expression: Expr, visitor: Visitor): void {
  visitor.expression?.(expression);
  switch (expression.kind) {
    case 'literal':
    case 'column':
    case 'placeholder':
      return;
    case 'unary':
    case 'collate':
    case 'cast':
    case 'null-test':
      walkExpr(expression.operand, visitor);
      return;
    case 'binary':
      each([expression.left, expression.right], visitor);
      return;
    case 'like':
      each([expression.operand, expression.right], visitor);
      maybe(expression.escape, visitor);
      return;
    case 'between':
      each([expression.operand, expression.low, expression.high], visitor);
      return;
    case 'in':
      walkExpr(expression.operand, visitor);
      if (expression.set.kind === 'list') {
        each(expression.set.items, visitor);
        return;
      }
      if (expression.set.kind === 'select') {
        walkSelect(expression.set.select, visitor);
        return;
      }
      each(expression.set.args ?? [], visitor);
      return;
    case 'call':
      if (expression.args !== '*') each(expression.args, visitor);
      orders(expression.orderBy, visitor);
      maybe(expression.filter, visitor);
      if (expression.over !== null && typeof expression.over !== 'string') walkWindow(expression.over, visitor);
      return;
    case 'case':
      maybe(expression.subject, visitor);
      for (const arm of expression.whens) each(arm, visitor);
      maybe(expression.otherwise, visitor);
      return;
    case 'exists':
    case 'subselect':
      walkSelect(expression.select, visitor);
      return;
    case 'vector':
      each(expression.items, visitor);
      return;
    case 'raise':
      maybe(expression.message, visitor);
      return;
  }
}

function walkWindow(window: WindowDef, visitor: Visitor): void {
  each(window.partitionBy, visitor);
  orders(window.orderBy, visitor);
  maybe(window.frame?.from.offset ?? null, visitor);
  maybe(window.frame?.to?.offset ?? null, visitor);
}

export function walkSelect(select: Select, visitor: Visitor): void {
  visitor.select?.(select);
  walkWith(select.with, visitor);
  for (const { core } of select.cores) walkCore(core, visitor);
  orders(select.orderBy, visitor);
  maybe(select.limit, visitor);
  maybe(select.offset, visitor);
}

const walkWith = (withs: Maybe<With>, visitor: Visitor): void => {
  for (const { select } of withs?.ctes ?? []) walkSelect(select, visitor);
};

function walkCore(core: SelectCore, visitor: Visitor): void {
  if (core.kind === 'values') {
    for (const row of core.rows) each(row, visitor);
    return;
  }
  walkResults(core.columns, visitor);
  if (core.from) walkFrom(core.from, visitor);
  maybe(core.where, visitor);
  each(core.groupBy, visitor);
  maybe(core.having, visitor);
  for (const [, window] of core.windows) walkWindow(window, visitor);
}

const walkResults = (columns: readonly ResultColumn[], visitor: Visitor): void => {
  for (const column of columns) if (column.kind === 'expression') walkExpr(column.expression, visitor);
};

function walkFrom(from: From, visitor: Visitor): void {
  for (const { source, on } of from) {
    visitor.source?.(source);
    if (source.kind === 'table') each(source.args ?? [], visitor);
    else if (source.kind === 'subselect') walkSelect(source.select, visitor);
    else walkFrom(source.from, visitor);
    maybe(on, visitor);
  }
}

export function walkDml(dml: Dml, visitor: Visitor): void {
  if (dml.kind === 'select') {
    walkSelect(dml.select, visitor);
    return;
  }
  walkWith(dml.with, visitor);
  if (dml.kind === 'insert') {
    if (dml.select) walkSelect(dml.select, visitor);
    for (const { target, targetWhere, set, where } of dml.upserts) {
      orders(target ?? [], visitor);
      maybe(targetWhere, visitor);
      each(
        (set ?? []).map(({ value }) => value),
        visitor,
      );
      maybe(where, visitor);
    }
    walkResults(dml.returning, visitor);
    return;
  }
  if (dml.kind === 'update') {
    each(
      dml.set.map(({ value }) => value),
      visitor,
    );
    if (dml.from) walkFrom(dml.from, visitor);
  }
  maybe(dml.where, visitor);
  walkResults(dml.returning, visitor);
  orders(dml.orderBy, visitor);
  maybe(dml.limit, visitor);
  maybe(dml.offset, visitor);
}
