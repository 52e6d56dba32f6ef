import { cloudflareTest } from '@cloudflare/vitest-plugin';
import { defineConfig } from 'vitest/config';
import { buildCatalog } from './tools/catalog/build.ts';

const everywhere = ['worker', 'ui', 'db', 'tools', 'bench'];
const named = (suffix: string) => everywhere.map((room) => `${room}/**/*${suffix}`);

// The Worker imports it, in tests too.
await buildCatalog(import.meta.dirname);

export default defineConfig({
  test: {
    // What passing tests log is noise; of a failing one it is the trace.
    silent: 'passed-only',
    // Most of what takes long waits: for a browser, a server, a time that has to pass.
    maxWorkers: 2,
    projects: [
      {
        test: {
          name: 'pure',
          environment: 'node',
          // One loading of everything for all files: what modules keep, each file sets anew.
          isolate: false,
          setupFiles: ['./tools/testing/seed.ts'],
          include: named('.test.ts'),
          exclude: [...named('.workerd.test.ts'), ...named('.browser.test.ts'), '**/node_modules/**'],
          // Property tests and child processes, on two cores that other files use at the same time.
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
      {
        plugins: [
          cloudflareTest({
            wrangler: { configPath: './wrangler.toml' },
            miniflare: { bindings: { LOCKKEEPER_ADMIN_TOKEN: 'test-admin-token-0123456789' } },
          }),
        ],
        test: { name: 'workerd', include: named('.workerd.test.ts'), testTimeout: 60_000, hookTimeout: 60_000 },
      },
      {
        test: {
          name: 'browser',
          environment: 'node',
          include: named('.browser.test.ts'),
          testTimeout: 180_000,
          hookTimeout: 180_000,
          // As patient as the browser's own waiting: a second is soon over on two cores that other files use at the same time.
          expect: { poll: { timeout: 30_000 } },
        },
      },
    ],
  },
});
