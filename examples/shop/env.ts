/** What the shop is given: see `wrangler.toml`. */
import type { MaintenanceBinding } from '../../worker/guard/index.ts';

export interface Env {
  readonly DB: D1Database;
  readonly LOCKKEEPER: MaintenanceBinding;
}

export interface ShopContext {
  Bindings: Env;
}
