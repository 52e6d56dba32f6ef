/** Writes the catalog; with `--watch` again whenever something that it is made of changes, until it is ended. */
import { statSync, watch } from 'node:fs';
import { dirname, join } from 'node:path';
import { buildCatalog, OUTPUT } from './build.ts';

const top = join(import.meta.dirname, '../..');
const SETTLE_MS = 100;

async function build(): Promise<readonly string[]> {
  const { changed, sources } = await buildCatalog(top);
  if (changed) process.stdout.write(`wrote ${OUTPUT}\n`);
  return sources;
}

const foldersOf = (sources: readonly string[]) => [
  ...new Set(sources.map((path) => (statSync(path).isDirectory() ? path : dirname(path)))),
];

/** Folders and not files: editors replace a file when they save it, and a migration is a new one. */
function watchSources(sources: readonly string[]): void {
  const stop = new AbortController();
  let settled: NodeJS.Timeout | undefined;
  const rebuild = () => {
    stop.abort();
    build().then(watchSources, (error: Error) => {
      // A file that is half written is the usual case: the next save mends it.
      process.stderr.write(`${OUTPUT} is left as it was: ${error.message}\n`);
      watchSources(sources);
    });
  };
  for (const folder of foldersOf(sources)) {
    watch(folder, { recursive: true, signal: stop.signal }, (_, name) => {
      if (name?.includes('generated')) return;
      clearTimeout(settled);
      settled = setTimeout(rebuild, SETTLE_MS);
    }).on('error', () => {});
  }
}

const sources = await build();
if (process.argv.includes('--watch')) watchSources(sources);
