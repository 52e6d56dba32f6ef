import { bootstrap } from './bootstrap.mjs';

await bootstrap(new URL('./check/test.ts', import.meta.url));
