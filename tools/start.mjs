import { bootstrap } from './bootstrap.mjs';

await bootstrap(new URL('./start/main.ts', import.meta.url));
