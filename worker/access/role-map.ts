/**
 * `ACCESS_ROLES`: which role whom Cloudflare Access lets in has on which databases. Pure.
 *
 * A JSON object. Its keys: a mail address, `group:` with the name, id or address of a group, `service:` with the client id of a service
 * token, or `*` for whom no other key names. Its values: a role (on everything), `{role, databases}`, or a list of these.
 */
import { z } from 'zod';
import { Grant, Role } from '../protocol/access.ts';
import { everywhere } from './identity.ts';

const GrantText = z
  .union([Role.transform(everywhere), Grant.partial({ databases: true }).strict()])
  .transform((grant): Grant => ({ role: grant.role, databases: grant.databases ?? null }));
const KEY = /^(?:\*|group:.+|service:.+|[^\s@:]+@[^\s@]+)$/s;
const RolesText = z.record(
  z.string().regex(KEY, 'a key is a mail address, group:…, service:… or *'),
  z.union([GrantText.transform((grant) => [grant]), z.array(GrantText).min(1)]),
);

/** By kind and name, so that no mail address can pass for a group. */
export interface Roles {
  readonly people: ReadonlyMap<string, readonly Grant[]>;
  readonly groups: ReadonlyMap<string, readonly Grant[]>;
  readonly services: ReadonlyMap<string, readonly Grant[]>;
  readonly others: readonly Grant[];
}

export type ReadRoles = { readonly ok: true; readonly roles: Roles } | { readonly ok: false; readonly problem: string };

/** Empty: everybody whom Access lets in may look at everything. */
export function readRoles(text: string): ReadRoles {
  if (text.trim() === '') return { ok: true, roles: { ...NOBODY, others: [everywhere('viewer')] } };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { ok: false, problem: 'It is no JSON.' };
  }
  const parsed = RolesText.safeParse(value);
  if (!parsed.success) return { ok: false, problem: z.prettifyError(parsed.error).slice(0, 500) };
  return { ok: true, roles: byKind(Object.entries(parsed.data)) };
}

const NOBODY: Roles = { people: new Map(), groups: new Map(), services: new Map(), others: [] };

function byKind(entries: readonly (readonly [string, readonly Grant[]])[]): Roles {
  const named = (prefix: string) =>
    new Map(entries.filter(([key]) => key.startsWith(prefix)).map(([key, grants]) => [folded(key.slice(prefix.length)), grants]));
  const people = entries.filter(([key]) => key !== '*' && !/^(?:group|service):/.test(key));
  return {
    people: new Map(people.map(([key, grants]) => [folded(key), grants])),
    groups: named('group:'),
    services: named('service:'),
    others: entries.find(([key]) => key === '*')?.[1] ?? [],
  };
}

/** Mail addresses are compared without case, also those of groups; ids and names exactly. */
const folded = (name: string): string => (name.includes('@') ? name.toLowerCase() : name);

/** Whom Access speaks of: a person or a service token. */
export interface Asserted {
  readonly email: string | null;
  readonly service: string | null;
  readonly groups: readonly string[];
}

/** All that is theirs: the strongest counts for each database. None: they have no business here. */
export function grantsOf(roles: Roles, { email, service, groups }: Asserted): Grant[] {
  const own = [
    ...(email === null ? [] : (roles.people.get(folded(email)) ?? [])),
    ...(service === null ? [] : (roles.services.get(folded(service)) ?? [])),
    ...groups.flatMap((group) => roles.groups.get(folded(group)) ?? []),
  ];
  return own.length > 0 ? own : [...roles.others];
}
