/** Whose an object is, by its name. S4: what belongs to the platform or to Lockkeeper is no user data. */

/** The platform's (`_cf_*`, in any case), SQLite's own, or Lockkeeper's bookkeeping in the managed database. */
export const isReserved = (name: string): boolean => /^(?:_cf_|sqlite_|_lk_)/i.test(name);

export const isOurs = (name: string): boolean => /^_lk_/i.test(name);

/** Records which migrations were applied: exported like any table, and named in the manifest. */
export const isLedger = (name: string): boolean => sameName(name, '__drizzle_migrations') || sameName(name, 'd1_migrations');

/** SQLite folds only ASCII. */
export const foldName = (name: string): string =>
  /^[\x00-\x7f]*$/.test(name) ? name.toLowerCase() : name.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
export const sameName = (a: string, b: string): boolean => a === b || (a.length === b.length && foldName(a) === foldName(b));
