/** The example shop, a Worker of its own beside the server's. Why it needs a door: see door/index.ts. */
import { join } from 'node:path';
import { freePort, isFree } from './port.ts';
import { Unusable } from './settings.ts';

/** The name of the door's process. */
export const SHOP = 'shop';
export const doorConfig = (top: string): string => join(top, 'tools/start/door/wrangler.toml');

/** Of the Workers in the server's runtime: the first has the port. */
export const serverConfigs = (top: string, withShop: boolean): string[] =>
  ['wrangler.toml', ...(withShop ? ['examples/shop/wrangler.toml'] : [])].map((path) => join(top, path));

/** Throws `Unusable` only for a port that somebody has asked for. */
export async function chooseShopPort(wanted: number | null, serverPort: number): Promise<number> {
  if (wanted === 0) return await freePort();
  const port = wanted ?? serverPort + 1;
  if (port !== serverPort && port <= 65_535 && (await isFree(port))) return port;
  if (wanted === null) return await freePort();
  throw new Unusable(`SHOP_PORT ${wanted} is taken.`, 'Use another one, 0 for any free one, or unset it.');
}
