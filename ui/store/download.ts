/** Where a backup can be fetched: a plain link, the cookie goes with it. Pages may not know the API, so they learn it here. */
export { downloadPath } from '../api/client.ts';
