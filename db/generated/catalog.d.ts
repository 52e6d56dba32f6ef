/** Types of `catalog.js`, which `tools/catalog` writes. */
import type { Catalog } from '../../worker/core/drizzle/catalog.ts';

export const CATALOG: Catalog;
