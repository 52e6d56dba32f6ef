/** Who may do what. X2: `viewer` reads, `operator` runs jobs that lose nothing, `admin` does the rest. */
import { z } from 'zod';

export const ROLES = ['viewer', 'operator', 'admin'] as const;
export const Role = z.enum(ROLES);
export type Role = z.infer<typeof Role>;

export const roleAtLeast = (have: Role, need: Role): boolean => ROLES.indexOf(have) >= ROLES.indexOf(need);

/** A role on these databases (bindings); null: on all of them, and on what belongs to none, like tokens. */
export const Grant = z.object({ role: Role, databases: z.array(z.string().min(1).max(100)).min(1).max(100).nullable() });
export type Grant = z.infer<typeof Grant>;

/** The highest role that the grants give on this database (null: on what belongs to none); null: no access at all. */
export function roleOn(grants: readonly Grant[], database: string | null): Role | null {
  const roles = grants
    .filter(({ databases }) => databases === null || (database !== null && databases.includes(database)))
    .map(({ role }) => role);
  return roles.length === 0 ? null : roles.reduce((best, role) => (roleAtLeast(role, best) ? role : best));
}

export const Me = z
  .object({
    /** For example `token:ci`, `access:ann@example.com`, `owner`. */
    subject: z.string(),
    displayName: z.string(),
    /** The highest of the grants, whatever it is on. */
    role: Role,
    grants: z.array(Grant),
    /** How this request proved itself. */
    via: z.enum(['bearer', 'session', 'access']),
    sessionExpiresAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'Me' });
export type Me = z.infer<typeof Me>;

/** Either the token itself, or the one-time code of a sign-in link. */
export const SignIn = z
  .union([z.object({ token: z.string().min(1).max(512) }).strict(), z.object({ code: z.string().min(1).max(128) }).strict()])
  .meta({ id: 'SignIn' });
export type SignIn = z.infer<typeof SignIn>;

export const SignInCode = z.object({ code: z.string(), expiresAt: z.iso.datetime() }).meta({ id: 'SignInCode' });
export type SignInCode = z.infer<typeof SignInCode>;

export const Token = z
  .object({
    id: z.string(),
    name: z.string(),
    role: Role,
    /** Bindings; null: all databases, and what belongs to none. */
    databases: z.array(z.string()).nullable(),
    createdAt: z.iso.datetime(),
    createdBy: z.string(),
    expiresAt: z.iso.datetime().nullable(),
    lastUsedAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'Token' });
export type Token = z.infer<typeof Token>;

export const TokenRequest = z
  .object({
    // It stands in logs, in the audit trail and in its exports, one line each.
    name: z
      .string()
      .trim()
      .min(1)
      .max(100)
      .regex(/^\P{Cc}*$/u, 'control characters do not belong into a name'),
    role: Role,
    databases: Grant.shape.databases.default(null),
    expiresAt: z.iso.datetime().nullable().default(null),
  })
  .strict()
  .meta({ id: 'TokenRequest' });
export type TokenRequest = z.infer<typeof TokenRequest>;

/** The only time that the secret is shown. */
export const NewToken = Token.extend({ secret: z.string() }).meta({ id: 'NewToken' });
export type NewToken = z.infer<typeof NewToken>;
