/** Reading groups out of an Access assertion: each identity provider puts them elsewhere, and in another form. Pure. */

export type Claims = Readonly<Record<string, unknown>>;

/**
 * The claim of this name, or at this dotted path (`custom.groups`). Names may have dots of their own
 * (`custom.https://example.com/groups`): the longest name that is there counts at each level.
 */
export function claimAt(claims: Claims, path: string): unknown {
  if (Object.hasOwn(claims, path)) return claims[path];
  for (let dot = path.lastIndexOf('.'); dot > 0; dot = path.lastIndexOf('.', dot - 1)) {
    const head = path.slice(0, dot);
    const inner = Object.hasOwn(claims, head) ? claims[head] : undefined;
    if (isClaims(inner)) return claimAt(inner, path.slice(dot + 1));
  }
  return undefined;
}

/** Every name that the claim gives for its groups: texts as they are, objects by `id`, `name` and `email`. Anything else is no group. */
export function groupNames(claim: unknown): string[] {
  const entries: unknown[] = Array.isArray(claim) ? claim : [claim];
  return entries
    .flatMap((entry) =>
      isClaims(entry) ? ['id', 'name', 'email'].map((key) => (Object.hasOwn(entry, key) ? entry[key] : null)) : [entry],
    )
    .filter((name): name is string => typeof name === 'string' && name !== '');
}

const isClaims = (value: unknown): value is Claims => typeof value === 'object' && value !== null && !Array.isArray(value);
