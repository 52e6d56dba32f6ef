/** The fake server's answers about holds and windows. */
import type { Me } from '../../worker/protocol/access.ts';
import { HoldChange, MaintenanceRequest, WindowChange, WindowRequest } from '../../worker/protocol/maintenance.ts';
import { type Answer, ok, page, refused } from './fake-answer.ts';
import type { FakeDatabase } from './fake-database.ts';
import { demand } from './fake-grants.ts';

export function maintenance({ maintenance: keeper, name }: FakeDatabase, me: Me, call: string, url: URL, body: unknown): Answer {
  if (!call.startsWith('GET')) demand(me, name, 'operator');
  switch (call) {
    case 'GET maintenance':
      return ok(keeper.status());
    case 'GET maintenance/holds':
      return page(keeper.holds, url);
    case 'GET maintenance/windows':
      return page(keeper.windows.list(), url);
    case 'POST maintenance/windows':
      return { status: 201, value: keeper.windows.create(WindowRequest.parse(body), me.subject) };
    case 'PUT maintenance': {
      const request = MaintenanceRequest.parse(body);
      if (request.expiresAt !== null && Date.parse(request.expiresAt) <= Date.now())
        throw refused('bad_request', 'expiresAt lies in the past.');
      return ok(keeper.set(request, me.subject));
    }
  }
  const [, verb, what, id = ''] = /^(\w+) maintenance\/(holds|windows)\/([^/]+)$/.exec(call) ?? [];
  switch (`${verb} ${what}`) {
    case 'PATCH holds':
      return ok(keeper.changeHold(id, HoldChange.parse(body)));
    case 'DELETE holds':
      return ok(keeper.endHold(id, me.subject));
    case 'PATCH windows': {
      const window = keeper.windows.change(id, WindowChange.parse(body));
      if (!window.enabled) keeper.windowOver(id, me.subject);
      return ok(window);
    }
    case 'DELETE windows':
      keeper.windows.delete(id);
      keeper.windowOver(id, me.subject);
      return { status: 204 };
    default:
      throw refused('not_found');
  }
}
