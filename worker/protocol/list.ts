/** Lists: `limit` and an opaque `cursor` in, `{items, nextCursor}` out. */
import { z } from 'zod';

export const MAX_LIMIT = 200;
export const ListQuery = z.object({
  limit: z.coerce.number().int().min(1).max(MAX_LIMIT).default(50),
  cursor: z.string().max(512).optional(),
});

export const listOf = <T extends z.ZodType>(item: T) => z.object({ items: z.array(item), nextCursor: z.string().nullable() });
export type Page<T> = { items: T[]; nextCursor: string | null };
