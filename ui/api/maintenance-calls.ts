/** The calls about single holds and about the weekly windows. */
import type { Page } from '../../worker/protocol/list.ts';
import type {
  HoldChange,
  MaintenanceStatus,
  MaintenanceWindow,
  WindowChange,
  WindowRequest,
} from '../../worker/protocol/maintenance.ts';
import type { Call } from './client.ts';

export function maintenanceCalls(call: Call, at: (database: string, rest: string) => string) {
  const hold = (database: string, id: string): string => at(database, `/maintenance/holds/${encodeURIComponent(id)}`);
  const windows = (database: string, id?: string): string =>
    at(database, `/maintenance/windows${id === undefined ? '' : `/${encodeURIComponent(id)}`}`);
  return {
    changeHold: (database: string, id: string, change: HoldChange) => call<MaintenanceStatus>('PATCH', hold(database, id), change),
    endHold: (database: string, id: string) => call<MaintenanceStatus>('DELETE', hold(database, id)),
    /** A database has a handful: the longest page is all of them. */
    windows: (database: string) => call<Page<MaintenanceWindow>>('GET', `${windows(database)}?limit=200`),
    createWindow: (database: string, request: WindowRequest) => call<MaintenanceWindow>('POST', windows(database), request),
    changeWindow: (database: string, id: string, change: WindowChange) =>
      call<MaintenanceWindow>('PATCH', windows(database, id), change),
    deleteWindow: (database: string, id: string) => call<null>('DELETE', windows(database, id)),
  };
}
