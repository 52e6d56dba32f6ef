/**
 * The sample shop, as drizzle sees it. STRICT, WITHOUT ROWID, COLLATE, DEFERRABLE, triggers and FTS5 have no words in drizzle: they
 * stand in the migrations, and the comment of a table here says so.
 */
export * from './activity.ts';
export * from './catalog.ts';
export * from './orders.ts';
export * from './people.ts';
export * from './views.ts';
