import { defineConfig } from 'drizzle-kit';

export default defineConfig({
  dialect: 'sqlite',
  driver: 'durable-sqlite',
  casing: 'snake_case',
  schema: './db/access/schema.ts',
  out: './db/access/migrations',
});
