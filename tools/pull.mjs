import { bootstrap } from './bootstrap.mjs';

await bootstrap(new URL('./pull/main.ts', import.meta.url));
