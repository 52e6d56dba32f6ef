/** What a rule of the linter is. */
import type { HAZARD_LEVELS } from '../../protocol/plan.ts';
import type { SchemaDef } from '../../protocol/schema.ts';
import type { Statement } from './statement.ts';

export type HazardLevel = (typeof HAZARD_LEVELS)[number];

/** `offset` counts from the beginning of the statement; 0 when left out. */
export interface Report {
  readonly message: string;
  readonly hint: string;
  /** That of the rule when left out. */
  readonly level?: HazardLevel;
  readonly offset?: number;
  readonly table?: string | null;
  readonly column?: string | null;
}

export interface Context {
  readonly statement: Statement;
  readonly statements: readonly Statement[];
  /** The schema when the statement's turn comes, and after the last one. */
  readonly before: SchemaDef;
  readonly final: SchemaDef;
  /** Of a table by its name in any case; null: nobody counted. */
  readonly rowsOf: (table: string) => number | null;
}

export interface Example {
  readonly sql: string;
  /** CREATE statements of what is there before. */
  readonly schema?: string;
  readonly rows?: Readonly<Record<string, number>>;
}

export interface Rule {
  readonly code: `lint/${string}`;
  readonly level: HazardLevel;
  readonly title: string;
  /** Its page of documentation, in Markdown, without the title: what goes wrong, and what to do instead. */
  readonly doc: string;
  readonly examples: { readonly bad: readonly Example[]; readonly good: readonly Example[] };
  readonly check: (context: Context) => readonly Report[];
}
