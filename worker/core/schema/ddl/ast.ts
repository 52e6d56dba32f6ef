/** SQL as a tree, as far as DDL, views, triggers and the linter need it. Names are unquoted and as written; `at` is an offset. */

export interface Ordering {
  readonly expression: Expr;
  readonly descending: boolean;
  readonly nulls: 'FIRST' | 'LAST' | null;
}

export interface FrameBound {
  readonly kind: 'UNBOUNDED PRECEDING' | 'UNBOUNDED FOLLOWING' | 'CURRENT ROW' | 'PRECEDING' | 'FOLLOWING';
  readonly offset: Expr | null;
}

export interface WindowDef {
  readonly base: string | null;
  readonly partitionBy: readonly Expr[];
  readonly orderBy: readonly Ordering[];
  readonly frame: {
    readonly unit: string;
    readonly from: FrameBound;
    readonly to: FrameBound | null;
    /** `NO OTHERS` when nothing is said. */
    readonly exclude: string;
  } | null;
}

export type InSet =
  | { readonly kind: 'list'; readonly items: readonly Expr[] }
  | { readonly kind: 'select'; readonly select: Select }
  | { readonly kind: 'table'; readonly path: readonly string[]; readonly args: readonly Expr[] | null };

export type Expr =
  /** `text` is canonical. */
  | { readonly kind: 'literal'; readonly text: string; readonly type: 'integer' | 'real' | 'text' | 'blob' | 'word' }
  /** `quote` is the character that it was quoted with, empty: none. Only `"` is taken for a string where no column has the name. */
  | { readonly kind: 'column'; readonly path: readonly string[]; readonly quote: string; readonly at: number }
  | { readonly kind: 'placeholder'; readonly text: string; readonly at: number }
  | { readonly kind: 'unary'; readonly op: '-' | '+' | '~' | 'NOT'; readonly operand: Expr }
  | { readonly kind: 'binary'; readonly op: string; readonly left: Expr; readonly right: Expr }
  | { readonly kind: 'collate'; readonly operand: Expr; readonly collation: string }
  | {
      readonly kind: 'like';
      readonly op: string;
      readonly not: boolean;
      readonly operand: Expr;
      readonly right: Expr;
      readonly escape: Expr | null;
      readonly at: number;
    }
  | { readonly kind: 'between'; readonly not: boolean; readonly operand: Expr; readonly low: Expr; readonly high: Expr }
  | { readonly kind: 'in'; readonly not: boolean; readonly operand: Expr; readonly set: InSet }
  | { readonly kind: 'null-test'; readonly not: boolean; readonly operand: Expr }
  | {
      readonly kind: 'call';
      readonly name: string;
      readonly distinct: boolean;
      readonly args: readonly Expr[] | '*';
      readonly orderBy: readonly Ordering[];
      readonly filter: Expr | null;
      readonly over: string | WindowDef | null;
      readonly at: number;
    }
  | { readonly kind: 'cast'; readonly operand: Expr; readonly type: string }
  | {
      readonly kind: 'case';
      readonly subject: Expr | null;
      readonly whens: readonly (readonly [when: Expr, then: Expr])[];
      readonly otherwise: Expr | null;
    }
  | { readonly kind: 'exists'; readonly select: Select }
  | { readonly kind: 'subselect'; readonly select: Select }
  | { readonly kind: 'vector'; readonly items: readonly Expr[] }
  | { readonly kind: 'raise'; readonly action: string; readonly message: Expr | null };

export interface Cte {
  readonly name: string;
  readonly columns: readonly string[] | null;
  readonly materialized: 'MATERIALIZED' | 'NOT MATERIALIZED' | null;
  readonly select: Select;
}
export interface With {
  readonly recursive: boolean;
  readonly ctes: readonly Cte[];
}

export type ResultColumn =
  | { readonly kind: 'star'; readonly table: string | null }
  | { readonly kind: 'expression'; readonly expression: Expr; readonly alias: string | null };

export type Source =
  | {
      readonly kind: 'table';
      readonly path: readonly string[];
      readonly alias: string | null;
      /** Of a table-valued function. */
      readonly args: readonly Expr[] | null;
      readonly indexed: string | false | null;
      readonly at: number;
    }
  | { readonly kind: 'subselect'; readonly select: Select; readonly alias: string | null }
  | { readonly kind: 'group'; readonly from: From; readonly alias: string | null };

export interface Joined {
  /** `JOIN`, `LEFT JOIN`, `CROSS JOIN`, `NATURAL JOIN` …; null for the first. */
  readonly join: string | null;
  readonly source: Source;
  readonly on: Expr | null;
  readonly using: readonly string[] | null;
}
export type From = readonly Joined[];

export type SelectCore =
  | {
      readonly kind: 'select';
      readonly distinct: boolean;
      readonly columns: readonly ResultColumn[];
      readonly from: From | null;
      readonly where: Expr | null;
      readonly groupBy: readonly Expr[];
      readonly having: Expr | null;
      readonly windows: readonly (readonly [name: string, window: WindowDef])[];
    }
  | { readonly kind: 'values'; readonly rows: readonly (readonly Expr[])[] };

export interface Select {
  readonly with: With | null;
  /** Each but the first with the operator before it. */
  readonly cores: readonly { readonly op: string | null; readonly core: SelectCore }[];
  readonly orderBy: readonly Ordering[];
  readonly limit: Expr | null;
  readonly offset: Expr | null;
  readonly at: number;
}

/** `target`: the table that is written. */
export interface Target {
  readonly path: readonly string[];
  readonly alias: string | null;
  readonly indexed: string | false | null;
  readonly at: number;
}

export interface Assignment {
  readonly columns: readonly string[];
  readonly value: Expr;
}

export interface Upsert {
  readonly target: readonly Ordering[] | null;
  readonly targetWhere: Expr | null;
  /** Null: DO NOTHING. */
  readonly set: readonly Assignment[] | null;
  readonly where: Expr | null;
}

interface Tail {
  readonly returning: readonly ResultColumn[];
  readonly orderBy: readonly Ordering[];
  readonly limit: Expr | null;
  readonly offset: Expr | null;
}

export type Dml =
  | { readonly kind: 'select'; readonly select: Select }
  | {
      readonly kind: 'insert';
      readonly with: With | null;
      /** `ABORT` when nothing is said. */
      readonly or: string;
      readonly target: Target;
      readonly columns: readonly string[] | null;
      /** Null: DEFAULT VALUES. */
      readonly select: Select | null;
      readonly upserts: readonly Upsert[];
      readonly returning: readonly ResultColumn[];
    }
  | ({
      readonly kind: 'update';
      readonly with: With | null;
      readonly or: string;
      readonly target: Target;
      readonly set: readonly Assignment[];
      readonly from: From | null;
      readonly where: Expr | null;
    } & Tail)
  | ({ readonly kind: 'delete'; readonly with: With | null; readonly target: Target; readonly where: Expr | null } & Tail);
