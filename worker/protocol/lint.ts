/** The linter: what may go wrong with SQL on D1, said before it runs. */
import { z } from 'zod';
import { Hazard } from './plan.ts';

/** `silence`: a rule's code to the reason why it does not matter here. What D1 refuses (`stop`) cannot be silenced. */
export const LintRequest = z
  .object({
    sql: z.string().max(500_000),
    silence: z.record(z.string().max(100), z.string().trim().min(3).max(500)).default({}),
  })
  .strict()
  .meta({ id: 'LintRequest' });
export type LintRequest = z.infer<typeof LintRequest>;

/** `statement` counts from 0. `line` and `column` count from 1, and are where it begins to go wrong. */
export const LintFinding = z.object({
  code: z.string(),
  level: Hazard.shape.level,
  message: z.string(),
  hint: z.string(),
  statement: z.number().int().nonnegative(),
  line: z.number().int().positive(),
  column: z.number().int().positive(),
  /** Where its statement begins, after the comments before it: a line that silences it goes above. */
  begins: z.object({ line: z.number().int().positive(), column: z.number().int().positive() }),
  table: z.string().nullable(),
  /** Why it was silenced; null: it was not. */
  silenced: z.string().nullable(),
});
export type LintFinding = z.infer<typeof LintFinding>;

export const LintReport = z.object({ findings: z.array(LintFinding), statements: z.number().int() }).meta({ id: 'LintReport' });
export type LintReport = z.infer<typeof LintReport>;

/** `page` is Markdown: what goes wrong, what to do instead, examples, and how to silence it. */
export const LintRule = z
  .object({ code: z.string(), level: Hazard.shape.level, title: z.string(), page: z.string() })
  .meta({ id: 'LintRule' });
export type LintRule = z.infer<typeof LintRule>;
