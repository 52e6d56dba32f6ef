import { bootstrap } from '../tools/bootstrap.mjs';

await bootstrap(new URL('./main.ts', import.meta.url));
