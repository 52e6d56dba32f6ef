/**
 * The shop's port on this machine. Lockkeeper and the shop run in one local runtime, because two of them over one database file lock each
 * other out (D1 itself has one writer and never says "database is locked"); and of the Workers in a local runtime only the first gets a port.
 */
export default { fetch: (request: Request, env: { readonly SHOP: Fetcher }): Promise<Response> => env.SHOP.fetch(request) };
