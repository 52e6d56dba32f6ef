/** For fuzzing: requests to every route of the table, and past it, with everything about them possibly hostile. */
import fc from 'fast-check';
import type { z } from 'zod';
import { PARAMS_OF_KIND } from '../../protocol/job.ts';
import { API, app } from '../app.ts';
import { fromSchema, HOSTILE_TEXTS, hostileValue, spoiled } from './from-schema.ts';

export interface HostileRequest {
  readonly method: string;
  /** Below the API's prefix, with its query, encoded. */
  readonly path: string;
  readonly who: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array | null;
}

/** What exists, so that not every request ends at its first look-up. */
export interface World {
  /** By what stands before them in a path: `jobs`, `tokens`. */
  readonly ids: Readonly<Record<string, readonly string[]>>;
  readonly cursors: readonly string[];
  readonly who: readonly string[];
}

interface Declared {
  readonly method: string;
  readonly path: string;
  readonly request?: { readonly body?: { readonly content?: Record<string, { readonly schema?: unknown }> } };
}

const declared = (): Declared[] =>
  app.openAPIRegistry.definitions.flatMap((each) => (each.type === 'route' ? [each.route as unknown as Declared] : []));

/** Lone surrogates cannot be percent-encoded: a client sends what stands for them. */
const encoded = (text: string): string => encodeURIComponent(text.toWellFormed());
/** What fetch takes as a header's value. */
const asHeader = (text: string): string => text.replaceAll(/[^\x20-\x7e]/g, '?').trim();

const often = <T>(usual: fc.Arbitrary<T>, rare: fc.Arbitrary<T>, weight = 6) =>
  fc.oneof({ weight, arbitrary: usual }, { weight: 1, arbitrary: rare });
const hostileText = fc.oneof(fc.constantFrom(...HOSTILE_TEXTS), fc.string({ unit: 'binary', maxLength: 30 }));

function pathOf(template: string, world: World): fc.Arbitrary<string> {
  const parts = template.slice(API.length).split(/(\{\w+\})/);
  const others = Object.values(world.ids).flat();
  const values = parts.map((part, n): fc.Arbitrary<string> => {
    if (part === '{db}') return often(fc.constantFrom('DB', 'DB', 'DB', 'STAGING'), hostileText.map(encoded), 12);
    const own = world.ids[parts[n - 1]?.split('/').at(-2) ?? ''] ?? others;
    if (part.startsWith('{'))
      return often(often(fc.constantFrom(...own), fc.constantFrom(...others)).map(encoded), hostileText.map(encoded), 2);
    return fc.constant(part);
  });
  return fc.tuple(...values).map((all) => all.join(''));
}

const queryOf = (world: World): fc.Arbitrary<string> => {
  const names = [
    'limit',
    'cursor',
    'after',
    'status',
    'kind',
    'q',
    'from',
    'to',
    'format',
    'action',
    'outcome',
    'actor',
    'target',
    'n',
    '__proto__',
  ];
  const usual = fc.oneof(
    fc.constantFrom(...world.cursors),
    fc.constantFrom(
      '1',
      '200',
      '0',
      '201',
      'csv',
      'ndjson',
      'sql',
      'sql.gz',
      'json',
      'failed',
      'database.export',
      'ok',
      'job.failed,token.created',
    ),
    fc.constantFrom('2020-01-01T00:00:00Z', '2999-01-01T00:00:00%2B01:00'),
  );
  const pair = fc
    .tuple(fc.constantFrom(...names), often(usual, hostileText.map(encoded), 2))
    .map(([name, value]) => `${name}=${value}`);
  return often(
    fc.array(pair, { maxLength: 3 }).map((pairs) => (pairs.length === 0 ? '' : `?${pairs.join('&')}`)),
    fc.constantFrom('?', '?=', '?&&', '?limit', '?%', '?limit=1&limit=x', '?cursor=%ff%fe', `?q=${'a'.repeat(5_000)}`),
    12,
  );
};

const headersOf: fc.Arbitrary<Record<string, string>> = fc
  .array(
    fc.oneof(
      fc.tuple(
        fc.constantFrom('Idempotency-Key', 'CF-Connecting-IP', 'Accept', 'X-HTTP-Method-Override', 'Cookie', 'If-None-Match'),
        hostileText,
      ),
      fc.tuple(fc.constant('Idempotency-Key'), fc.constantFrom('a', 'b')),
      fc.tuple(
        fc.constant('Range'),
        fc.constantFrom('bytes=0-9', 'bytes=9-0', 'bytes=-5', 'bytes=999999999999-', 'bytes=0-1,3-4', 'lines=1-2', 'bytes=x'),
      ),
      fc.tuple(fc.constant('Origin'), fc.constantFrom('https://evil.example', 'null', 'x')),
      fc.tuple(
        fc.constant('Content-Type'),
        fc.constantFrom(
          'text/plain',
          'application/json; charset=utf-16',
          'multipart/form-data; boundary=x',
          '/',
          'application/x-www-form-urlencoded',
        ),
      ),
      fc.tuple(fc.constant('Cf-Access-Jwt-Assertion'), fc.constantFrom('a.b.c', 'x')),
      fc.tuple(fc.constant('Upgrade'), fc.constantFrom('websocket', 'h2c', 'WebSocket')),
      fc.tuple(fc.constant('Content-Encoding'), fc.constantFrom('gzip', 'br')),
    ),
    { maxLength: 2 },
  )
  .map((pairs) => Object.fromEntries(pairs.map(([name, value]) => [name, asHeader(value)])));

const KINDS = Object.entries(PARAMS_OF_KIND) as [string, z.ZodType][];
/** Jobs and plans carry parameters of their kind, which the body's own schema does not know. */
const jobLike = (schema: z.ZodType): fc.Arbitrary<unknown> =>
  fc.oneof(
    ...KINDS.map(([kind, params]) =>
      fc.tuple(fromSchema(schema), fromSchema(params)).map(([base, of]) => ({ ...(base as object), kind, params: of })),
    ),
  );

function bodyOf({ path, request }: Declared): fc.Arbitrary<string | Uint8Array | null> {
  const schema = request?.body?.content?.['application/json']?.schema as z.ZodType | undefined;
  const good = schema === undefined ? fc.constant({}) : /\/(?:jobs|plans)$/.test(path) ? jobLike(schema) : fromSchema(schema);
  const text = (value: unknown): string => JSON.stringify(value) ?? 'null';
  const broken = fc.constantFrom<string | Uint8Array | null>(
    null,
    '',
    '{',
    '[]',
    '{"a":}',
    'null',
    '"\\ud800"',
    '\ufeff{}',
    new Uint8Array([0xff, 0xfe, 0x00, 0x7b]),
  );
  return fc.oneof(
    { weight: 2, arbitrary: good.map(text) },
    { weight: 6, arbitrary: spoiled(good).map(text) },
    { weight: 1, arbitrary: hostileValue.map(text) },
    { weight: 1, arbitrary: broken },
  );
}

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'PURGE'];
const NOWHERE = [
  '',
  '/',
  '//',
  '/databases/',
  '/databases//jobs',
  '/databases/DB/',
  '/DATABASES/DB',
  '/databases/DB/jobs/',
  '/databases/DB/..',
  '/%',
  '/..%2f..',
  '/openapi.json/x',
  '/healthz',
];

export function hostileRequests(world: World): fc.Arbitrary<HostileRequest> {
  const who = fc.constantFrom(...world.who);
  const ofRoute = (route: Declared): fc.Arbitrary<HostileRequest> =>
    fc.record({
      method: often(fc.constant(route.method.toUpperCase()), fc.constantFrom(...METHODS), 20),
      path: fc.tuple(pathOf(route.path, world), queryOf(world)).map((parts) => parts.join('')),
      who,
      headers: headersOf,
      body: bodyOf(route),
    });
  const routes = declared();
  // Whoever sends a body has more to get wrong. Comparing whole schemas takes long, and there is little that a request can say about it.
  const weightOf = ({ method, path, request }: Declared) => {
    if (path.includes('/schema')) return request?.body === undefined ? 1 : 6;
    return request?.body !== undefined ? 16 : method === 'get' ? 4 : 6;
  };
  const weighted = routes.map((route) => ({ weight: weightOf(route), arbitrary: ofRoute(route) }));
  const nowhere = fc.record({
    method: fc.constantFrom(...METHODS),
    path: fc.constantFrom(...NOWHERE),
    who,
    headers: headersOf,
    body: fc.constantFrom<string | null>('{}', null),
  });
  return fc.oneof({ weight: 8, arbitrary: nowhere }, ...weighted);
}
