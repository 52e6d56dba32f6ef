/** For fuzzing: values that a zod schema takes, made from its JSON Schema, and ways to spoil them. */
import fc from 'fast-check';
import { z } from 'zod';

type JsonSchema = {
  readonly [key: string]: unknown;
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: JsonSchema | boolean;
  readonly items?: JsonSchema;
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, JsonSchema>>;
  readonly format?: string;
  readonly pattern?: string;
};

/** What has broken servers before: each is a legal JSON value, or a text that a header or a path may carry. */
export const HOSTILE_TEXTS: readonly string[] = [
  '',
  ' ',
  '0',
  '-1',
  '1e309',
  'NaN',
  'null',
  'true',
  "'; DROP TABLE orders; --",
  '" OR 1=1 --',
  '"we""ird"',
  'orders"; DELETE FROM orders; --',
  "x' UNION SELECT secret FROM tokens --",
  'sqlite_schema',
  '_cf_KV',
  '_lk_guard',
  'audit_logs',
  '__proto__',
  'constructor',
  'toString',
  '../../etc/passwd',
  '..%2f..%2f',
  '{{7*7}}',
  '<script>alert(1)</script>',
  '\u0000',
  'a\u0000b',
  '\ud800',
  'x\udfff',
  '\u2028',
  'Ünïcödé 👩‍🚀',
  '𝒳'.repeat(40),
  'x'.repeat(1_001),
  '9'.repeat(400),
  '2020-01-01T00:00:00.000Z',
  '9999-12-31T23:59:59.999Z',
  '2026-02-30T00:00:00Z',
  '+275760-09-13T00:00:00.000Z',
];

const deep = (levels: number): unknown => {
  let value: unknown = 1;
  for (let level = 0; level < levels; level += 1) value = level % 2 === 0 ? [value] : { a: value };
  return value;
};
/** With `__proto__` as a key of its own, as JSON.parse makes it. */
const polluting: unknown = JSON.parse('{"__proto__":{"role":"admin","isAdmin":true},"constructor":{"prototype":{"role":"admin"}}}');

const hostileText = fc.oneof(
  fc.constantFrom(...HOSTILE_TEXTS),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ maxLength: 20 }),
  fc.string({ unit: 'grapheme', maxLength: 20 }),
);

export const hostileValue: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 4, arbitrary: hostileText },
  fc.constantFrom<unknown>(null, true, false, 0, -0, -1, 1.5, 1e308, -1e308, 2 ** 53, 2 ** 53 + 2, 2 ** 31, 5e-324),
  fc.constantFrom<unknown>(
    [],
    {},
    [[]],
    [null],
    [{}],
    polluting,
    deep(60),
    deep(900),
    Array.from({ length: 2_000 }, (_, n) => n),
  ),
  fc.jsonValue({ maxDepth: 3 }),
);

const NAMES = ['orders', 'lines', 'we"ird', 'ORDERS', 'nope'];
const TIMES = ['2020-01-01T00:00:00.000Z', '2999-01-01T00:00:00.000Z', '9999-12-31T23:59:59.999Z'];

/** Values that the schema takes, nearly always. */
export function fromSchema(schema: z.ZodType): fc.Arbitrary<unknown> {
  const root = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as JsonSchema;
  return build(root, root, 0);
}

function build(schema: JsonSchema, root: JsonSchema, depth: number): fc.Arbitrary<unknown> {
  if (depth > 12) return fc.constant(null);
  const inner = (each: JsonSchema) => build(each, root, depth + 1);
  if (schema.$ref !== undefined) return inner(root.$defs?.[schema.$ref.split('/').at(-1) ?? ''] ?? {});
  if (schema.enum) return fc.constantFrom(...schema.enum);
  if ('const' in schema) return fc.constant(schema.const);
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) return fc.oneof(...choices.map(inner));
  switch (schema.type) {
    case 'string':
      return text(schema);
    case 'integer':
      return fc.integer({ min: bound(schema.minimum, -5), max: bound(schema.maximum, 1_000) });
    case 'number':
      return fc.double({ min: bound(schema.minimum, -5), max: bound(schema.maximum, 1_000), noNaN: true });
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array':
      return fc.array(inner(schema.items ?? {}), { minLength: bound(schema.minItems, 0), maxLength: 3 });
    case 'object':
      return object(schema, inner);
    default:
      return fc.jsonValue({ maxDepth: 2 });
  }
}

const bound = (value: unknown, otherwise: number): number =>
  typeof value === 'number' && Math.abs(value) < 1e9 ? value : otherwise;

function text({ format, pattern }: JsonSchema): fc.Arbitrary<string> {
  if (format === 'date-time') return fc.constantFrom(...TIMES);
  if (pattern?.includes('\\d') === true) return fc.constantFrom('02:00', '23:59', '2020-01-01T00:00:00.000Z');
  return fc.oneof(
    fc.constantFrom(...NAMES),
    fc.constantFrom('Europe/Berlin', 'because'),
    fc.string({ minLength: 1, maxLength: 20 }),
  );
}

function object(schema: JsonSchema, inner: (each: JsonSchema) => fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  const properties = Object.entries(schema.properties ?? {});
  if (properties.length === 0)
    return fc.dictionary(fc.constantFrom('table', 'tables', 'a', '__proto__x'), fc.jsonValue({ maxDepth: 1 }), { maxKeys: 3 });
  return fc.record(Object.fromEntries(properties.map(([name, each]) => [name, inner(each)])), {
    requiredKeys: [...(schema.required ?? [])],
  });
}

/** One thing about it is wrong, or more. */
export const spoiled = (good: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc
    .tuple(
      good,
      fc.array(fc.tuple(fc.nat(50), fc.constantFrom('replace', 'remove', 'add', 'wrap'), hostileValue), {
        minLength: 1,
        maxLength: 2,
      }),
    )
    .map(([value, changes]) => changes.reduce((now, [where, how, bad]) => spoil(now, where, how, bad), value));

/** Somewhere inside, chosen by `where`. */
function spoil(value: unknown, where: number, how: string, bad: unknown): unknown {
  if (Array.isArray(value) && value.length > 0 && where > 0) {
    const at = where % value.length;
    return value.map((each, n) => (n === at ? spoil(each, where >> 1, how, bad) : each));
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return how === 'wrap' ? [value] : bad;
  const keys = Object.keys(value);
  const key = keys[where % Math.max(1, keys.length)];
  if (key === undefined || how === 'add') return { ...value, [typeof bad === 'string' ? bad : 'extra']: bad };
  const entries = Object.entries(value).filter(([each]) => how !== 'remove' || each !== key);
  return Object.fromEntries(
    entries.map(([each, content]) => [each, each === key ? spoil(content, where >> 1, how, bad) : content]),
  );
}
