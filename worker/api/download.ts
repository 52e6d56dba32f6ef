/** A backup as a file: streamed from R2, resumable, never held. */
import type { Archive } from '../archive/archive.ts';
import { sqlGzStream, sqlStream } from '../archive/download.ts';
import type { Manifest } from '../protocol/backup.ts';
import { Refusal } from '../protocol/problem.ts';
import { isKnown, rangeOf } from './range.ts';

/** Its answer says how long the file is. */
export class RangeOutside extends Refusal {
  constructor(readonly sizeBytes: number) {
    super('range_not_satisfiable', `The file has ${sizeBytes} bytes.`);
  }
}

export type Format = 'sql' | 'sql.gz';

/** Answers 200, 206 or 304; throws `range_not_satisfiable`. The tag names the content, so a resumed file is never stitched from two. */
export async function download(request: Request, manifest: Manifest, archive: Archive, format: Format): Promise<Response> {
  const size = format === 'sql' ? manifest.sqlBytes : manifest.gzipBytes;
  const etag = `"${manifest.id}.${format}"`;
  const headers = new Headers({
    'Content-Type': format === 'sql' ? 'application/sql; charset=utf-8' : 'application/gzip',
    'Content-Disposition': `attachment; filename="${fileName(manifest, format)}"`,
    'Accept-Ranges': 'bytes',
    ETag: etag,
    'Cache-Control': 'private, no-transform, max-age=0, must-revalidate',
  });
  if (isKnown(request.headers.get('If-None-Match'), etag)) return new Response(null, { status: 304, headers });
  const range = rangeOf(request.headers, size, etag);
  if (range.kind === 'unsatisfiable') {
    throw new RangeOutside(size);
  }
  const part = range.kind === 'part' ? { offset: range.offset, length: range.length } : undefined;
  const length = part?.length ?? size;
  headers.set('Content-Length', String(length));
  if (part) headers.set('Content-Range', `bytes ${part.offset}-${part.offset + part.length - 1}/${size}`);
  const status = part ? 206 : 200;
  if (request.method === 'HEAD') return new Response(null, { status, headers });
  const stream = format === 'sql' ? sqlStream(manifest, archive, part) : sqlGzStream(manifest, archive, part);
  // A known length lets the client see a cut stream for what it is, instead of taking half a file for a whole one.
  return new Response(stream.pipeThrough(new FixedLengthStream(length)), { status, headers, encodeBody: 'manual' });
}

function fileName({ database, createdAt }: Manifest, format: Format): string {
  const stamp = createdAt.replaceAll(/[-:]/g, '').replace(/\.\d+Z$/, 'Z');
  return `${database.replaceAll(/[^\w.-]/g, '_')}-${stamp}.${format}`;
}
