/** Takes accepted drafts of schema files from a Lockkeeper into this checkout, unless the file here has changed meanwhile. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, isAbsolute, join, normalize, relative, sep } from 'node:path';
import { z } from 'zod';
import { SchemaFile } from '../../worker/protocol/schema.ts';

export interface Source {
  readonly url: string;
  readonly token: string;
}

/** What became of one accepted draft. */
export type Pulled =
  | { readonly outcome: 'written' | 'up-to-date'; readonly path: string }
  | { readonly outcome: 'refused'; readonly path: string; readonly why: string };

/** Something that the person at the terminal has to change. */
export class PullError extends Error {
  override readonly name = 'PullError';
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

const page = <T>(item: z.ZodType<T>) => z.object({ items: z.array(item), nextCursor: z.string().nullish() });
const Databases = page(z.object({ name: z.string() }));
const Files = page(SchemaFile);

async function ask<T>(source: Source, path: string, shape: z.ZodType<T>): Promise<T> {
  const response = await fetch(`${source.url}/api/v1${path}`, {
    headers: { authorization: `Bearer ${source.token}` },
    signal: AbortSignal.timeout(30_000),
  }).catch((error: Error) => {
    const reason = (error.cause as Error | undefined)?.message ?? error.message;
    throw new PullError(`${source.url} does not answer (${reason}). Start it, or set LOCKKEEPER_URL.`);
  });
  const text = await response.text();
  if (!response.ok) throw new PullError(`GET ${path} answers ${response.status}: ${reasonIn(text)}`);
  const parsed = shape.safeParse(JSON.parse(text));
  if (!parsed.success) throw new PullError(`GET ${path} answers something else than expected: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

function reasonIn(text: string): string {
  try {
    const { detail, title, hint } = JSON.parse(text) as Record<string, string>;
    return [detail ?? title, hint].filter(Boolean).join(' ');
  } catch {
    return text.slice(0, 200);
  }
}

/** A server must not reach out of the checkout, nor write anything but TypeScript. */
function safePath(top: string, path: string): string | null {
  const target = normalize(join(top, path));
  const inside = relative(top, target);
  if (isAbsolute(path) || inside.startsWith('..') || isAbsolute(inside)) return null;
  if (inside.split(sep).some((part) => part === 'node_modules' || part.startsWith('.'))) return null;
  return /\.[cm]?ts$/.test(inside) ? target : null;
}

/** Atomically: a dev server reads the file as soon as it changes. */
function write(target: string, text: string): void {
  mkdirSync(dirname(target), { recursive: true });
  const unfinished = `${target}.pull-${process.pid}`;
  writeFileSync(unfinished, text);
  renameSync(unfinished, target);
}

/** `basedOn` is the hash of the text that the draft began from: anything else here would be lost. */
export function takeDraft(top: string, file: SchemaFile): Pulled | null {
  const { path, draft } = file;
  if (draft?.state !== 'accepted') return null;
  const refused = (why: string): Pulled => ({ outcome: 'refused', path, why });
  const target = safePath(top, path);
  if (target === null) return refused('the path is not one of a schema file in this checkout');
  const local = existsSync(target) ? readFileSync(target, 'utf8') : null;
  if (local === draft.text) return { outcome: 'up-to-date', path };
  if (draft.problems.length > 0) return refused(`the draft has mistakes: ${draft.problems[0]?.message}`);
  if (local === null) return refused('the file is not in this checkout');
  if (sha256(local) !== draft.basedOn)
    return refused('the file here has changed since the draft was begun: bring the two together by hand');
  write(target, draft.text);
  return { outcome: 'written', path };
}

/** Every page of a list. */
async function all<T>(
  source: Source,
  path: string,
  shape: z.ZodType<{ items: T[]; nextCursor?: string | null | undefined }>,
): Promise<T[]> {
  const items: T[] = [];
  for (let cursor: string | null | undefined = ''; typeof cursor === 'string'; ) {
    const answer: { items: T[]; nextCursor?: string | null | undefined } = await ask(
      source,
      cursor === '' ? path : `${path}?cursor=${encodeURIComponent(cursor)}`,
      shape,
    );
    items.push(...answer.items);
    cursor = answer.nextCursor;
  }
  return items;
}

/** All accepted drafts of all databases; a file that several databases share is taken once. */
export async function pull(top: string, source: Source): Promise<Pulled[]> {
  const results = new Map<string, Pulled>();
  for (const { name } of await all(source, '/databases', Databases)) {
    for (const file of await all(source, `/databases/${encodeURIComponent(name)}/schema/files`, Files)) {
      const result = takeDraft(top, file);
      // What one database's draft has written stays, also where another one's wants something else.
      const known = results.get(file.path);
      if (result && (!known || result.outcome === 'refused')) results.set(file.path, result);
    }
  }
  return [...results.values()];
}
