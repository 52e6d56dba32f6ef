/** Where the local Workers find each other: a folder with a file for each, of the Worker's name. */
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** The Worker's name in a configuration: the first one in the file, before any table. */
export function workerName(config: string): string {
  const name = /^name\s*=\s*"([^"]+)"/m.exec(readFileSync(config, 'utf8').split(/^\[/m, 1)[0] ?? '')?.[1];
  if (name === undefined) throw new Error(`${config} names no Worker`);
  return name;
}

/**
 * Forgets where the Workers of these configurations were: a run that was killed left its addresses there, and who holds on to one asks at a
 * port where nobody answers any more. The folder itself, and other Workers' files, stay: those Workers watch it.
 */
export function forgetAddresses(folder: string, configs: readonly string[]): void {
  for (const config of configs) rmSync(join(folder, workerName(config)), { force: true });
}
