/**
 * What each route answers to whom: written by hand, beside the code and not derived from it. A route that is not here fails
 * `matrix.workerd.test.ts`: whoever adds one says here who may use it.
 */
import type { ProblemCode } from '../../protocol/problem.ts';

export interface Expectation {
  /** A role on the database of the path (on everything, where there is none); `member`: any role anywhere; `anyone`: no sign-in. */
  readonly needs: 'viewer' | 'operator' | 'admin' | 'member' | 'anyone';
  /** To whom is let in, for a request with `body` (`{}` when it changes something): the status of a success, or the code of the problem. */
  readonly gives: number | ProblemCode;
  readonly body?: unknown;
}

const reads = (gives: Expectation['gives'] = 200): Expectation => ({ needs: 'viewer', gives });
const operates = (gives: Expectation['gives'], body: unknown = {}): Expectation => ({ needs: 'operator', gives, body });
const administers = (gives: Expectation['gives'], body: unknown = {}): Expectation => ({ needs: 'admin', gives, body });

export const EXPECTATIONS: Readonly<Record<string, Expectation>> = {
  'GET /me': { needs: 'member', gives: 200 },
  'GET /openapi.json': { needs: 'member', gives: 200 },
  'POST /session': { needs: 'anyone', gives: 'bad_request' },
  'DELETE /session': { needs: 'anyone', gives: 204 },
  'POST /session/codes': { needs: 'member', gives: 201 },

  'GET /tokens': { needs: 'admin', gives: 200 },
  'POST /tokens': administers('bad_request'),
  'DELETE /tokens/:id': administers('token_not_found'),
  'GET /audit': { needs: 'admin', gives: 200 },
  'GET /audit/verify': { needs: 'admin', gives: 200 },
  'POST /announcements': administers('bad_request'),

  'GET /databases': { needs: 'member', gives: 200 },
  'GET /databases/:db/overview': reads(),
  'GET /databases/:db/tables': reads(),
  'POST /databases/:db/tables/refresh': operates(202),
  'GET /databases/:db/live': reads('upgrade_required'),
  'GET /databases/:db/audit': reads(),
  'GET /databases/:db/audit/verify': reads(),

  'POST /databases/:db/jobs': operates('bad_request'),
  'GET /databases/:db/jobs': reads(),
  'GET /databases/:db/jobs/:id': reads('job_not_found'),
  'GET /databases/:db/jobs/:id/steps': reads('job_not_found'),
  'GET /databases/:db/jobs/:id/events': reads('job_not_found'),
  'POST /databases/:db/jobs/:id/cancel': operates('job_not_found'),
  'POST /databases/:db/jobs/:id/retry': operates('job_not_found'),

  'POST /databases/:db/plans': operates('bad_request'),
  'GET /databases/:db/plans': reads(),
  'GET /databases/:db/plans/:id': reads('plan_not_found'),
  'GET /databases/:db/plans/:id/sql': reads('plan_not_found'),
  'POST /databases/:db/plans/:id/request-approval': operates('plan_not_found'),
  'POST /databases/:db/plans/:id/approve': administers('plan_not_found'),
  'POST /databases/:db/plans/:id/decline': administers('plan_not_found'),

  'GET /lint/rules': { needs: 'member', gives: 200 },
  'POST /databases/:db/lint': operates(200, { sql: 'SELECT 1' }),
  'GET /databases/:db/schema': reads(),
  'GET /databases/:db/schema/code': reads(),
  'GET /databases/:db/schema/diff': reads(),
  'POST /databases/:db/schema/adopt': operates('bad_request'),
  'GET /databases/:db/schema/files': reads(),
  'GET /databases/:db/schema/drafts': reads('bad_request'),
  'PUT /databases/:db/schema/drafts': operates('bad_request'),
  'POST /databases/:db/schema/drafts/accept': administers('bad_request'),
  'POST /databases/:db/schema/drafts/discard': operates('bad_request'),
  'GET /databases/:db/schema/drafts/diff': reads(),
  'GET /databases/:db/schema/drafts/patch': reads(),
  'POST /databases/:db/schema/drafts/migration': operates('nothing_to_do'),

  'GET /databases/:db/backups': reads(),
  'GET /databases/:db/backups/:id': reads('backup_not_found'),
  'GET /databases/:db/backups/:id/download': reads('backup_not_found'),
  'DELETE /databases/:db/backups/:id': administers('backup_not_found'),

  'GET /databases/:db/maintenance': reads(),
  'PUT /databases/:db/maintenance': operates('bad_request'),
  'GET /databases/:db/maintenance/holds': reads(),
  'PATCH /databases/:db/maintenance/holds/:id': operates('hold_not_found'),
  'DELETE /databases/:db/maintenance/holds/:id': operates('hold_not_found'),
  'GET /databases/:db/maintenance/windows': reads(),
  'POST /databases/:db/maintenance/windows': operates('bad_request'),
  'PATCH /databases/:db/maintenance/windows/:id': operates('window_not_found'),
  'DELETE /databases/:db/maintenance/windows/:id': operates('window_not_found'),
};
