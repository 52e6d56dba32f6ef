/** Where to go after signing in. Pure. */

export const HOME = '/';
export const SIGN_IN = '/sign-in';

/**
 * Only a path of this console: `//evil.example` and `/\evil.example` are other hosts to a browser, and going back to the sign-in
 * page would go round in circles.
 */
export function safeReturn(path: string | null): string {
  if (path === null || !path.startsWith('/') || /^\/[/\\]/.test(path) || /[\u0000-\u001f\\]/.test(path)) return HOME;
  return path === SIGN_IN || path.startsWith(`${SIGN_IN}?`) || path.startsWith(`${SIGN_IN}#`) ? HOME : path;
}

export function signInPath(from: string): string {
  const next = safeReturn(from);
  return next === HOME ? SIGN_IN : `${SIGN_IN}?next=${encodeURIComponent(next)}`;
}

/** The one-time code of a sign-in link, from the fragment: a fragment never reaches a server's log. */
export function codeFromHash(hash: string): string | null {
  const code = new URLSearchParams(hash.replace(/^#/, '')).get('code');
  return code === null || code === '' ? null : code;
}
