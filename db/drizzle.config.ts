/** For `npx drizzle-kit generate --config db/drizzle.config.ts --name what_changed`, from the top of the project. */
import { defineConfig } from 'drizzle-kit';

export default defineConfig({ dialect: 'sqlite', schema: './db/schema/index.ts', out: './db/migrations' });
