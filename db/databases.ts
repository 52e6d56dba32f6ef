/**
 * What Lockkeeper manages. Point this at your own databases: the binding as in `wrangler.toml`, the module of its Drizzle schema,
 * and the folders of its migrations (several are allowed: drizzle-kit's and wrangler's layouts are told apart by themselves).
 */
export interface ManagedDatabase {
  /** The D1 binding's name; also the `{db}` of every path and the name of its control plane. */
  readonly binding: string;
  readonly displayName: string;
  /** Module path of the Drizzle schema, from the top of the project. */
  readonly schema: string;
  readonly migrations: readonly string[];
  /** Only such a database can be filled with sample data. Never set it for a database that holds anything real. */
  readonly sample: boolean;
  /** How property names become column names where a column has no name of its own, as in `drizzle()` and drizzle-kit's config. */
  readonly casing?: 'snake_case' | 'camelCase';
  /** Dangerous plans need a second admin. */
  readonly secondPerson?: boolean;
}

export const DATABASES: readonly ManagedDatabase[] = [
  { binding: 'DB', displayName: 'Sample shop', schema: './db/schema/index.ts', migrations: ['./db/migrations'], sample: true },
  {
    binding: 'STAGING',
    displayName: 'Sample staging',
    schema: './db/schema/index.ts',
    migrations: ['./db/migrations'],
    sample: true,
  },
];
