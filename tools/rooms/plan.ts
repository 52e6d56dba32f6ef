/**
 * The room plan: what each folder is for, and what it may import. Imports run downwards only; `rooms.test.ts` holds it.
 * To move a wall, change the sentence here and write the reason in worker/decisions.
 */

export interface Room {
  /** A folder or a file, from the top of the project. The longest match counts. */
  readonly path: string;
  readonly sentence: string;
  /** Other rooms, or single files of them. */
  readonly rooms: readonly string[];
  /** Packages and runtime modules; `x/*` allows what lies below `x`, too. */
  readonly packages: readonly string[];
}

const room = (path: string, sentence: string, rooms: readonly string[], packages: readonly string[] = []): Room => ({
  path,
  sentence,
  rooms,
  packages,
});

const PURE = ['worker/protocol', 'worker/core'];
const HANDS = ['worker/database', 'worker/archive'];
const SHARED = ['worker/env.ts', 'worker/log.ts', 'worker/catalog.ts'];
const BELOW_DOORS = [
  ...PURE,
  ...HANDS,
  ...SHARED,
  'worker/tasks',
  'worker/restore',
  'worker/schema',
  'worker/plans',
  'worker/control',
  'worker/access',
  'worker/overview',
  'db',
];

/** Deterministic calculation that the runtime has built in: no I/O, no clock. */
const CALCULATION = ['node:crypto', 'node:zlib', 'node:buffer'];

export const ROOMS: readonly Room[] = [
  room('worker/protocol', 'The words both sides speak import nothing but themselves and zod.', [], ['zod']),
  room(
    'worker/core',
    'Plain thinking imports only itself and the protocol: no I/O, no runtime, no database library.',
    ['worker/protocol', 'worker/core/drizzle'],
    CALCULATION,
  ),
  room(
    'worker/core/drizzle',
    'Schema files are read and written as text, never executed: a parser and a diff, no database library.',
    [...PURE],
    ['@babel/parser', '@babel/types', 'diff'],
  ),
  room('worker/catalog.ts', 'What the code asks of each database, as the build has read it.', [...PURE, 'db/generated']),
  room(
    'worker/database',
    'The interface to SQL knows values and errors, not jobs.',
    [...PURE, 'worker/log.ts'],
    ['cloudflare:workers', ...CALCULATION],
  ),
  room('worker/archive', 'The interface to R2 knows chunks and manifests, not jobs.', [...PURE, 'worker/log.ts'], CALCULATION),
  room(
    'worker/tasks',
    'A job kind works through its hands: it never sees the control plane or a door.',
    [...PURE, ...HANDS, 'worker/restore', 'worker/schema', 'worker/catalog.ts', 'db'],
    ['zod', ...CALCULATION],
  ),
  room(
    'worker/restore',
    'Chunks of a backup are loaded into a database here, each statement once.',
    [...PURE, ...HANDS],
    CALCULATION,
  ),
  room(
    'worker/schema',
    'Schemas are read, replayed, compared and rehearsed here: nothing that is managed is changed.',
    [...PURE, ...HANDS, 'worker/restore', 'worker/catalog.ts'],
    CALCULATION,
  ),
  room(
    'worker/plans',
    'A planner looks and changes nothing: it never sees the control plane, a job or a door.',
    [...PURE, ...HANDS, 'worker/schema', 'worker/catalog.ts', 'db'],
    ['zod', ...CALCULATION],
  ),
  room(
    'worker/control',
    'The control plane owns jobs and its own storage; how a kind does its work is for tasks, who is asking is for doors.',
    [
      ...PURE,
      'worker/database',
      'worker/archive/anchors.ts',
      'worker/log.ts',
      'worker/patience.ts',
      'worker/env.ts',
      'db/control',
      'db/databases.ts',
    ],
    ['cloudflare:workers', 'drizzle-orm/*', 'zod'],
  ),
  room(
    'worker/access',
    'Who someone is: tokens, sessions and their storage, without routes and without jobs.',
    [
      ...PURE,
      'worker/log.ts',
      'worker/patience.ts',
      'worker/control/migrate.ts',
      'worker/control/audit-keeper.ts',
      'worker/control/audit-store.ts',
      'worker/control/wire.ts',
      'worker/archive/anchors.ts',
      'db/access',
      'db/databases.ts',
    ],
    ['cloudflare:workers', 'drizzle-orm/*', 'jose', 'zod', ...CALCULATION],
  ),
  room('worker/overview', 'Live figures of a database, measured through its interface.', [
    ...PURE,
    ...HANDS,
    ...SHARED,
    'worker/control',
    'db',
  ]),
  room('worker/api', 'The HTTP door parses, authorizes, calls and translates.', BELOW_DOORS, [
    'hono/*',
    '@hono/zod-openapi',
    'zod',
    ...CALCULATION,
  ]),
  room('worker/rpc', 'The RPC door parses, authorizes, calls and translates.', BELOW_DOORS, ['cloudflare:workers', 'zod']),
  room('worker/guard', 'The guard needs nothing of the server: other Workers take it along.', [], ['hono/*']),
  room('worker/cron', 'The cron door calls what is due.', BELOW_DOORS, ['croner']),
  room('worker/consumer', 'The queue’s door runs slices of jobs and reports.', BELOW_DOORS, ['zod']),
  room('worker/env.ts', 'The types of the bindings.', ['worker', 'db/databases.ts']),
  room('worker/patience.ts', 'Waiting for something, but not for ever.', []),
  room('worker/log.ts', 'One line of JSON for each thing worth knowing.', ['worker/core/secrets.ts']),
  room(
    'worker',
    'The front door exports the handlers and classes, and decides nothing.',
    ['worker', 'db'],
    ['cloudflare:workers', 'hono/*'],
  ),

  room('ui/api', 'The only fetch and the only socket of the console.', ['worker/protocol']),
  room('ui/store', 'The truth on screen comes from the API and knows no page.', ['ui/api', 'worker/protocol'], ['lit/*']),
  room(
    'ui/pages',
    'A page shows the store and never asks the server itself.',
    ['ui/store', 'ui/components', 'ui/styles', 'worker/protocol'],
    ['lit/*', '@awesome.me/webawesome/*', '@lit-labs/router', 'uplot/*'],
  ),
  room(
    'ui/components',
    'A component takes properties and gives events: it knows no store, no page and no server.',
    ['ui/styles', 'worker/protocol'],
    ['lit/*', '@awesome.me/webawesome/*', '@codemirror/*', '@lezer/highlight', 'marked', 'uplot/*'],
  ),
  room(
    'ui/dev',
    'A fake server to build the console against.',
    ['ui', 'worker/protocol'],
    ['node:*', 'vite', 'ws', 'playwright-core', 'zod'],
  ),
  room(
    'ui',
    'The console knows of the worker only its protocol.',
    ['ui', 'worker/protocol'],
    ['lit/*', '@awesome.me/webawesome/*', '@lit-labs/router', 'vite', 'node:*'],
  ),

  room(
    'db',
    'Tables, migrations and what is managed: no queries, no jobs.',
    ['worker/protocol'],
    ['drizzle-orm/*', 'drizzle-kit', 'node:*'],
  ),
  room(
    'tools/catalog',
    'Reads what db/databases.ts names, with drizzle itself, on the builder’s machine.',
    [...PURE, 'db/databases.ts'],
    ['node:*', 'vite', 'drizzle-orm/*'],
  ),
  room(
    'tools',
    'What runs on the builder’s machine reaches the server over HTTP, as everyone does.',
    ['worker/protocol', 'tools/catalog'],
    ['node:*', 'vite', 'zod', 'playwright-core', '@sparticuz/chromium', 'croner'],
  ),
  room('examples', 'An example uses what a consumer gets: the guard.', ['worker/guard'], ['hono/*']),
  room(
    'bench',
    'Benchmarks use the running server, what the tools know, and plain thinking beside its peers.',
    ['tools', 'worker/protocol', 'worker/core/schema'],
    ['node:*', 'drizzle-orm/*'],
  ),
];

/** The front door stays readable at a glance; nothing else becomes the file that ate the repository. */
export const FRONT_DOOR = { path: 'worker/index.ts', maxLines: 40 };
export const MAX_LINES = 450;

/** What makes the same call answer differently twice: not in worker/core. */
export const IMPURE_CALLS = [
  'Date.now',
  'Math.random',
  'crypto.randomUUID',
  'crypto.getRandomValues',
  'performance.now',
  'fetch',
  'setTimeout',
  'setInterval',
];

export const roomOf = (file: string): Room | undefined =>
  ROOMS.filter(({ path }) => file === path || file.startsWith(`${path}/`)).sort((a, b) => b.path.length - a.path.length)[0];

const within = (target: string, path: string) => target === path || target.startsWith(`${path}/`);
const allows = (pattern: string, name: string) =>
  pattern.endsWith('*') ? name === pattern.slice(0, -2) || name.startsWith(pattern.slice(0, -1)) : name === pattern;

/** `target` is a path from the top of the project for our own files, or a package's name. Null when it is allowed. */
export function brokenSentence(from: Room, target: { readonly file: string } | { readonly packageName: string }): string | null {
  if ('packageName' in target) return from.packages.some((pattern) => allows(pattern, target.packageName)) ? null : from.sentence;
  const own = roomOf(target.file) === from;
  return own || from.rooms.some((path) => within(target.file, path)) ? null : from.sentence;
}
