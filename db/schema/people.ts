/** Customers with their addresses and sessions, and the staff: departments and employees refer to each other. */
import { sql } from 'drizzle-orm';
import { type AnySQLiteColumn, blob, check, index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';

/** WITHOUT ROWID; `name` is UNIQUE by a constraint of the table, not by an index of its own. */
export const currencies = sqliteTable(
  'currencies',
  {
    code: text().primaryKey(),
    name: text().notNull().unique(),
    symbol: text().notNull(),
    minorUnits: integer('minor_units').notNull().default(2),
  },
  (t) => [check('currencies_code_is_iso', sql`length(${t.code}) = 3`)],
);

/** AUTOINCREMENT; `email` compares with NOCASE. */
export const customers = sqliteTable(
  'customers',
  {
    id: integer().primaryKey({ autoIncrement: true }),
    email: text().notNull().unique(),
    givenName: text('given_name').notNull(),
    familyName: text('family_name').notNull(),
    fullName: text('full_name').generatedAlwaysAs(sql`given_name || ' ' || family_name`, { mode: 'virtual' }),
    phone: text(),
    language: text().notNull().default('en'),
    currencyCode: text('currency_code')
      .notNull()
      .default('EUR')
      .references(() => currencies.code, { onDelete: 'set default', onUpdate: 'cascade' }),
    loyaltyPoints: integer('loyalty_points').notNull().default(0),
    wantsNews: integer('wants_news', { mode: 'boolean' }).notNull().default(false),
    remarks: text(),
    createdAt: text('created_at').notNull().default(sql`CURRENT_TIMESTAMP`),
    updatedAt: text('updated_at'),
    birthday: text(),
  },
  (t) => [
    check('customers_points_not_negative', sql`${t.loyaltyPoints} >= 0`),
    index('customers_by_name').on(t.familyName, t.givenName),
    index('customers_who_want_news').on(t.language).where(sql`wants_news = 1`),
  ],
);

export const addresses = sqliteTable(
  'addresses',
  {
    id: integer().primaryKey(),
    customerId: integer('customer_id')
      .notNull()
      .references(() => customers.id, { onDelete: 'cascade', onUpdate: 'cascade' }),
    kind: text({ enum: ['home', 'work', 'gift'] })
      .notNull()
      .default('home'),
    street: text().notNull(),
    street2: text('street_2').default(sql`NULL`),
    postcode: text().notNull(),
    city: text().notNull(),
    country: text().notNull(),
    isDefault: integer('is_default', { mode: 'boolean' }).notNull().default(sql`TRUE`),
  },
  (t) => [
    check('addresses_kind', sql`${t.kind} in ('home', 'work', 'gift')`),
    uniqueIndex('addresses_one_default').on(t.customerId).where(sql`is_default = 1`),
  ],
);

/** WITHOUT ROWID with a key of bytes. */
export const sessions = sqliteTable(
  'sessions',
  {
    token: blob({ mode: 'buffer' }).primaryKey(),
    customerId: integer('customer_id')
      .notNull()
      .references(() => customers.id, { onDelete: 'cascade' }),
    userAgent: text('user_agent'),
    createdAt: integer('created_at').notNull().default(sql`(unixepoch())`),
    expiresAt: integer('expires_at').notNull(),
  },
  (t) => [
    index('sessions_by_customer').on(t.customerId, t.expiresAt),
    check('sessions_end_later', sql`${t.expiresAt} > ${t.createdAt}`),
  ],
);

/** `name` compares with NOCASE. One half of the cycle. */
export const departments = sqliteTable('departments', {
  id: integer().primaryKey(),
  name: text().notNull().unique(),
  managerId: integer('manager_id').references((): AnySQLiteColumn => employees.id, { onDelete: 'set null', onUpdate: 'cascade' }),
  budgetCents: integer('budget_cents').notNull().default(-1),
});

/** The other half; `reports_to` is DEFERRABLE INITIALLY DEFERRED. */
export const employees = sqliteTable(
  'employees',
  {
    id: integer().primaryKey(),
    name: text().notNull(),
    email: text().notNull().unique(),
    departmentId: integer('department_id')
      .notNull()
      .references(() => departments.id, { onDelete: 'restrict', onUpdate: 'cascade' }),
    reportsTo: integer('reports_to').references((): AnySQLiteColumn => employees.id, { onDelete: 'set null' }),
    group: text().notNull().default("the day's crew"),
    salaryCents: integer('salary_cents').notNull(),
    hiredOn: text('hired_on').notNull().default(sql`CURRENT_DATE`),
  },
  (t) => [index('employees_by_group').on(t.group), check('employees_not_own_boss', sql`${t.reportsTo} is not ${t.id}`)],
);
