import type { MaintenanceStatus } from '../../../worker/protocol/maintenance.ts';

/** A database without maintenance, for tests. */
export const serving: MaintenanceStatus = {
  mode: 'off',
  reason: null,
  message: null,
  since: null,
  expiresAt: null,
  version: 0,
  fence: { state: 'down', detail: null },
  holds: [],
};
