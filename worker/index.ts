/** The front door: the handlers and the Durable Objects, nothing else. */
import { serve } from './api/app.ts';
import { consume } from './consumer/index.ts';
import type { SliceMessage } from './control/wire.ts';
import { onSchedule } from './cron/index.ts';
import type { Env } from './env.ts';

export { AccessControl } from './access/access-control.ts';
export { ControlPlane } from './control/control-plane.ts';
export { ScratchDatabase } from './database/scratch.ts';
export { Maintenance } from './rpc/maintenance.ts';

export default { fetch: serve, queue: consume, scheduled: onSchedule } satisfies ExportedHandler<Env, SliceMessage>;
