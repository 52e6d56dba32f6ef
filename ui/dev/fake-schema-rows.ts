/** Invented differences between code and database: one of each sort, and as many tables as one likes. Nothing is compared. */
import type {
  AspectDiff,
  DiffCause,
  DiffCell,
  DiffRow,
  DiffState,
  ObjectKind,
  RenameCandidate,
} from '../../worker/protocol/schema.ts';

const cell = (text: string | null): DiffCell => ({ presence: text === null ? 'absent' : 'present', text });
const unsaid: DiffCell = { presence: 'unsaid', text: null };

interface Invented {
  readonly kind?: ObjectKind;
  readonly state?: DiffState;
  readonly cause?: DiffCause;
  readonly schema?: string | null;
  readonly live?: string | null;
  readonly migrations?: string | null;
  readonly silent?: boolean;
  readonly differences?: AspectDiff[];
  readonly change?: DiffRow['change'];
  readonly additive?: boolean;
}

function row(table: string, name: string, text: string, over: Invented = {}): DiffRow {
  const { kind = 'column', state = 'match', cause = 'none', differences = [], change = null, additive = false } = over;
  const of = (value: string | null | undefined) => cell(value === undefined ? text : value);
  const own = kind === 'table' || kind === 'view' || kind === 'index' || kind === 'trigger';
  return {
    id: `${kind}:${own ? name : `${table}.${name}`}`,
    kind,
    table,
    name,
    state,
    cause,
    cells: { schema: over.silent ? unsaid : of(over.schema), live: of(over.live), migrations: of(over.migrations) },
    differences,
    additive,
    change,
  };
}

const aspect = (name: string, schema: string | null, live: string | null, migrations: string | null = live): AspectDiff => ({
  aspect: name,
  schema,
  live,
  migrations,
});
const missing = (over: Invented = {}): Invented => ({
  state: 'missing',
  cause: 'pending',
  live: null,
  migrations: null,
  change: 'create',
  additive: true,
  ...over,
});
const extra = (over: Invented = {}): Invented => ({
  state: 'extra',
  cause: 'drift',
  schema: null,
  migrations: null,
  change: 'drop',
  ...over,
});

const MATCHING: Record<string, string[]> = {
  addresses: ['id INTEGER', 'customer_id INTEGER NOT NULL', 'street TEXT NOT NULL', 'city TEXT NOT NULL', 'country TEXT NOT NULL'],
  carts: ['id TEXT', 'customer_id INTEGER', "note TEXT DEFAULT ''", 'created_at INTEGER NOT NULL'],
  categories: [
    'id INTEGER',
    'parent_id INTEGER',
    'slug TEXT NOT NULL',
    'name TEXT NOT NULL',
    'position INTEGER NOT NULL DEFAULT 0',
  ],
  order_items: [
    'order_id INTEGER NOT NULL',
    'product_id INTEGER NOT NULL',
    'quantity INTEGER NOT NULL DEFAULT 1',
    'price_cents INTEGER NOT NULL',
  ],
  reviews: ['id INTEGER', 'product_id INTEGER NOT NULL', 'rating INTEGER NOT NULL', 'title TEXT', 'body TEXT NOT NULL'],
};

const tableOf = (name: string, columns: readonly string[]): DiffRow[] => [
  row(name, name, `${columns.length} columns`, { kind: 'table' }),
  ...columns.map((column) => row(name, column.split(' ')[0] ?? '', column.split(' ').slice(1).join(' '))),
  row(name, 'id', 'id', { kind: 'primary-key' }),
];

const customers = (): DiffRow[] => [
  ...tableOf('customers', [
    'id INTEGER',
    'email TEXT NOT NULL COLLATE NOCASE',
    'name TEXT NOT NULL',
    'country TEXT',
    'created_at TEXT NOT NULL',
  ]),
  row('customers', 'newsletter', "TEXT NOT NULL DEFAULT 'no'", missing()),
  row('customers', 'legacy_code', 'TEXT', extra()),
  row('customers', 'customers_email', 'UNIQUE (email)', { kind: 'index' }),
];

const orders = (): DiffRow[] => [
  ...tableOf('orders', [
    'id INTEGER',
    'number TEXT NOT NULL',
    'customer_id INTEGER NOT NULL',
    'status TEXT NOT NULL',
    'placed_at TEXT NOT NULL',
  ]),
  row('orders', 'nick', 'TEXT', extra()),
  row('orders', 'nickname', 'TEXT', missing()),
  row(
    'orders',
    'orders_by_placed',
    '(placed_at DESC)',
    missing({ kind: 'index', cause: 'unapplied', migrations: '(placed_at DESC)' }),
  ),
  row('orders', '(customer_id)→customers(id)', 'ON DELETE CASCADE', {
    kind: 'foreign-key',
    state: 'mismatch',
    cause: 'pending',
    live: 'ON DELETE NO ACTION',
    migrations: 'ON DELETE NO ACTION',
    change: 'rebuild',
    differences: [aspect('on delete', 'CASCADE', 'NO ACTION')],
  }),
  row('orders', 'orders_total', 'AFTER UPDATE OF total_cents …', {
    kind: 'trigger',
    silent: true,
    state: 'mismatch',
    cause: 'drift',
    live: 'AFTER UPDATE …',
    change: 'recreate',
    differences: [
      aspect(
        'body',
        null,
        'AFTER UPDATE ON orders BEGIN SELECT 1; END',
        'AFTER UPDATE OF total_cents ON orders BEGIN SELECT 1; END',
      ),
    ],
  }),
];

const employees = (): DiffRow[] => [
  ...tableOf('employees', ['id INTEGER', 'name TEXT NOT NULL', 'manager_id INTEGER']),
  row('employees', 'phone', 'TEXT NOT NULL', {
    state: 'mismatch',
    cause: 'pending',
    live: 'VARCHAR(20)',
    migrations: 'VARCHAR(20)',
    change: 'rebuild',
    differences: [aspect('type', 'TEXT', 'VARCHAR(20)'), aspect('not null', 'yes', 'no')],
  }),
];

const returned = (): DiffRow[] => [
  row('return_reasons', 'return_reasons', '2 columns', missing({ kind: 'table' })),
  row('return_reasons', 'code', 'TEXT', missing()),
  row('return_reasons', 'title', 'TEXT NOT NULL', missing()),
];

export const RENAMES: RenameCandidate[] = [
  {
    kind: 'column',
    table: 'orders',
    from: 'nick',
    to: 'nickname',
    similarity: 0.87,
    because: ['same type', 'same position', 'names share 4 of 8 letters'],
  },
];

export const differingRows = (): DiffRow[] => [
  ...Object.entries(MATCHING).flatMap(([name, columns]) => tableOf(name, columns)),
  ...customers(),
  ...orders(),
  ...employees(),
  ...returned(),
  row('old_imports', 'old_imports', '3 columns', extra({ kind: 'table' })),
  row('old_imports', 'line', 'TEXT', extra()),
  row('active_customers', 'active_customers', 'SELECT id, email FROM customers WHERE country IS NOT NULL', {
    kind: 'view',
    state: 'mismatch',
    cause: 'drift',
    live: 'SELECT id FROM customers WHERE country IS NOT NULL',
    change: 'recreate',
    differences: [
      aspect(
        'select',
        'SELECT id, email FROM customers WHERE country IS NOT NULL',
        'SELECT id FROM customers WHERE country IS NOT NULL',
        'SELECT id, email FROM customers WHERE country IS NOT NULL',
      ),
    ],
  }),
];

/** Every table misses its last column. */
export const manyRows = (tables: number, columns: number): DiffRow[] =>
  Array.from({ length: tables }, (_, t) => {
    const name = `tenant_${String(t + 1).padStart(4, '0')}`;
    const names = Array.from({ length: columns }, (__, c) => `field_${String(c + 1).padStart(2, '0')}`);
    return [
      row(name, name, `${columns} columns`, { kind: 'table' }),
      ...names.map((column, c) => row(name, column, 'TEXT NOT NULL', c === columns - 1 ? missing() : {})),
    ];
  }).flat();

/** As it is when the database has become what the code says; what is in neither is gone. */
export const synced = (one: DiffRow): DiffRow | null =>
  one.state === 'extra'
    ? null
    : {
        ...one,
        state: 'match',
        cause: 'none',
        cells: {
          ...one.cells,
          live: one.cells.schema.presence === 'unsaid' ? one.cells.migrations : one.cells.schema,
          migrations: one.cells.schema.presence === 'unsaid' ? one.cells.migrations : one.cells.schema,
        },
        differences: [],
        additive: false,
        change: null,
      };
