/** Where a file can be fetched: a plain link, the cookie goes with it. Pages may not know the API, so they learn it here. */
export { auditFilePath, downloadPath, planSqlPath } from '../api/client.ts';
