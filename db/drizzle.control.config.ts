import { defineConfig } from 'drizzle-kit';

export default defineConfig({
  dialect: 'sqlite',
  driver: 'durable-sqlite',
  casing: 'snake_case',
  schema: './db/control/schema.ts',
  out: './db/control/migrations',
});
