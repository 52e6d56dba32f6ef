/** All rules, in the order in which their findings are told. */
import type { Rule } from '../rule.ts';
import { ALTER } from './alter.ts';
import { DESTRUCTIVE } from './destructive.ts';
import { LIMITS } from './limits.ts';
import { REFUSED } from './refused.ts';
import { RESERVED } from './reserved.ts';
import { SCANS } from './scans.ts';
import { STRINGS } from './strings.ts';
import { TABLES } from './tables.ts';

export const RULES: readonly Rule[] = [
  ...REFUSED,
  ...RESERVED,
  ...LIMITS,
  ...DESTRUCTIVE,
  ...ALTER,
  ...STRINGS,
  ...TABLES,
  ...SCANS,
];
