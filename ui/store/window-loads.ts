/** The weekly windows: what is fetched, and what can be ordered. The loads never throw; the orders throw an `ApiError`. */
import type { MaintenanceWindow, WindowChange, WindowRequest } from '../../worker/protocol/maintenance.ts';
import type { Console } from './console.ts';
import { changed, loadInto } from './resource.ts';

export class WindowLoads {
  private readonly console: Console;
  constructor(console: Console) {
    this.console = console;
  }

  async list(database: string): Promise<void> {
    const { console } = this;
    await loadInto<readonly MaintenanceWindow[]>(
      (change) => console.update(database, (open) => ({ ...open, windows: change(open.windows) })),
      async () => (await console.client.windows(database)).items,
    );
  }

  /** Only where they are on screen already. */
  refresh(database: string): void {
    const { open } = this.console.state;
    if (open !== null && open.name === database && open.windows.state !== 'idle') void this.list(database);
  }

  async create(database: string, request: WindowRequest): Promise<void> {
    const window = await this.console.client.createWindow(database, request);
    this.put(database, (list) => [...list, window]);
  }

  async change(database: string, id: string, change: WindowChange): Promise<void> {
    const window = await this.console.client.changeWindow(database, id, change);
    this.put(database, (list) => list.map((one) => (one.id === id ? window : one)));
  }

  async delete(database: string, id: string): Promise<void> {
    await this.console.client.deleteWindow(database, id);
    this.put(database, (list) => list.filter((one) => one.id !== id));
  }

  private put(database: string, change: (list: readonly MaintenanceWindow[]) => readonly MaintenanceWindow[]): void {
    this.console.update(database, (open) => ({ ...open, windows: changed(open.windows, change) }));
  }
}
