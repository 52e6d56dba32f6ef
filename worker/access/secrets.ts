/** Making and comparing secrets. They are stored as SHA-256 only: they are long and random, so a slow hash would add nothing. */
import { toBase64Url, toHex } from '../core/secrets.ts';

export const newSecret = (prefix: string): string => `${prefix}_${toBase64Url(crypto.getRandomValues(new Uint8Array(32)))}`;

export async function digest(secret: string): Promise<string> {
  return toHex(new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(secret))));
}

/** In constant time, whatever the lengths: both sides are hashed first. */
export async function equalSecrets(a: string, b: string): Promise<boolean> {
  const encoder = new TextEncoder();
  const [x, y] = await Promise.all([a, b].map((text) => crypto.subtle.digest('SHA-256', encoder.encode(text))));
  return crypto.subtle.timingSafeEqual(x as ArrayBuffer, y as ArrayBuffer);
}
