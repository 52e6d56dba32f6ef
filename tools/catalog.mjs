import { bootstrap } from './bootstrap.mjs';

await bootstrap(new URL('./catalog/main.ts', import.meta.url));
