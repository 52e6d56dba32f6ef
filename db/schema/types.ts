/** Column types that drizzle has no builder for. */
import { customType } from 'drizzle-orm/sqlite-core';

/**
 * A signed 64-bit integer. D1 hands integers out as doubles: select `CAST(x AS TEXT)` where a value may lie beyond 2^53, or the
 * last digits are lost before this codec sees them. Written as text, which the column's INTEGER affinity turns back exactly.
 */
export const int64 = customType<{ data: bigint; driverData: string | number }>({
  dataType: () => 'integer',
  toDriver: (value) => value.toString(),
  fromDriver: (value) => BigInt(value),
});

/** `ANY` keeps each value as it is, but only in a STRICT table; elsewhere the same word means NUMERIC. */
export const any = customType<{ data: unknown }>({ dataType: () => 'any' });

/** A column without a declared type: BLOB affinity, so nothing that is stored in it is converted. */
export const untyped = customType<{ data: unknown }>({ dataType: () => '' });
