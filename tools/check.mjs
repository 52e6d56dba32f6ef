import { bootstrap } from './bootstrap.mjs';

await bootstrap(new URL('./check/check.ts', import.meta.url));
