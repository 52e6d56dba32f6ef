/** Every error that a caller can see: a stable code, its HTTP status, a title, and a hint when the thrower gives no better one. */
import { z } from 'zod';

const problem = (status: number, title: string, hint: string) => ({ status, title, hint });

export const PROBLEMS = {
  bad_request: problem(400, 'The request is not valid', 'See `issues` for the fields that are wrong.'),
  bad_cursor: problem(400, 'The cursor is not one of this list', 'Start again without a cursor.'),
  unauthorized: problem(401, 'Not signed in', 'Send `Authorization: Bearer …`, or sign in at /sign-in.'),
  bad_credentials: problem(
    401,
    'That token or code is not valid',
    'Check it for missing characters. A sign-in link works once and for ten minutes.',
  ),
  forbidden: problem(403, 'Your role does not allow this', 'Ask an admin for a token with a higher role.'),
  cross_origin: problem(403, 'The request comes from another origin', 'Use the console at its own address, or a bearer token.'),
  not_found: problem(404, 'Nothing here', 'Check the path.'),
  database_not_found: problem(404, 'No such database', 'See /api/v1/databases for the names: they are the bindings.'),
  job_not_found: problem(404, 'No such job', 'It may belong to another database.'),
  backup_not_found: problem(404, 'No such backup', 'It may have been deleted, or belong to another database.'),
  plan_not_found: problem(404, 'No such plan', 'It may have expired, or belong to another database.'),
  hold_not_found: problem(404, 'No such hold', 'See the history of holds of this database.'),
  window_not_found: problem(404, 'No such maintenance window', 'See the windows of this database.'),
  schema_file_not_found: problem(404, 'No such schema file', 'See the schema files of this database.'),
  token_not_found: problem(404, 'No such token', 'See /api/v1/tokens.'),
  table_not_found: problem(422, 'No such table', 'See the tables of this database; names are compared without case.'),
  table_not_clearable: problem(422, 'That table cannot be cleared', 'Clear the table that it belongs to.'),
  unknown_time_zone: problem(422, 'Unknown time zone', 'Give an IANA name like Europe/Berlin.'),
  unknown_diff_row: problem(422, 'The diff has no such row', 'Look at the diff again: the schema may have changed.'),
  bad_expression: problem(
    422,
    'That is not one SQL expression',
    'Give an expression over columns of the table, without statements.',
  ),
  draft_invalid: problem(422, 'The schema file is not in the declarative subset', 'See `issues` for line and reason.'),
  nothing_to_do: problem(422, 'There is nothing to do', 'The database is already as asked.'),
  table_is_ours: problem(422, 'That table belongs to the platform or to Lockkeeper', 'Leave it out.'),
  upgrade_required: problem(426, 'This is a WebSocket', 'Open it as one: `Upgrade: websocket`.'),
  too_many_sockets: problem(503, 'Too many consoles are open', 'Close some, or try again later.'),
  method_not_allowed: problem(405, 'That method is not allowed here', 'See /api/v1/openapi.json.'),
  plan_stale: problem(409, 'The database has changed since the plan was made', 'Make a new plan.'),
  plan_expired: problem(409, 'The plan has expired', 'Make a new plan.'),
  plan_used: problem(409, 'The plan has been run already', 'Make a new plan.'),
  plan_needed: problem(422, 'This job runs a plan only', 'POST /plans first, and send its id as `planId`.'),
  plan_mismatch: problem(
    422,
    'The plan is for another kind of job, or for other parameters',
    'Send the kind and the parameters of the plan, or none.',
  ),
  plan_blocked: problem(409, 'The plan has hazards that stop it', 'See the hazards of the plan for the way forward.'),
  plan_too_large: problem(422, 'The plan is too large to be kept', 'Choose fewer changes at a time.'),
  rehearsal_failed: problem(409, 'The plan failed in its rehearsal', 'See what the rehearsal found.'),
  confirmation_needed: problem(
    422,
    'The confirmation is missing or does not match',
    'Send what the plan asks for as `confirm`, letter by letter.',
  ),
  approval_needed: problem(409, 'Another admin has to approve this plan', 'Request an approval, and let somebody else give it.'),
  approval_by_same_person: problem(403, 'Nobody approves their own plan', 'Ask another admin.'),
  approval_not_open: problem(409, 'There is no open request for approval', 'Look at the plan first.'),
  count_mismatch: problem(
    409,
    'The rows are not what the plan predicted',
    'Nothing was changed by the failed step. Make a new plan.',
  ),
  dependents_in_the_way: problem(
    409,
    'Rows of other tables depend on this table',
    'Clear the dependent rows too, or remove them first.',
  ),
  danger_rate_limited: problem(429, 'Too many dangerous jobs in a short time', 'Wait for the time in `Retry-After`.'),
  hold_of_job: problem(409, 'That hold belongs to a job', 'It ends with the job; cancel the job to end it early.'),
  hold_over: problem(409, 'That hold is over', 'Look at the holds that are active.'),
  draft_conflict: problem(409, 'Somebody else has saved this file meanwhile', 'Load it again and put your change on top.'),
  migration_unreadable: problem(422, 'A migration cannot be replayed', 'See the message for the file and the reason.'),
  idempotency_conflict: problem(409, 'The Idempotency-Key was used for another request', 'Use a new key for a new request.'),
  illegal_transition: problem(409, 'The job is not in a state that allows this', 'Look at its status first.'),
  backup_incomplete: problem(
    500,
    'The backup does not have every row',
    'It was not kept. Make it again; if that fails the same way, report it with the schema of the table.',
  ),
  backup_damaged: problem(409, 'A stored object of this backup is missing or altered', 'Use another backup, and make a new one.'),
  not_a_sample: problem(
    409,
    'This database is not declared as a sample',
    'Set `sample: true` in db/databases.ts; never do so for real data.',
  ),
  sample_not_empty: problem(409, 'The database already has tables', 'Sample data goes into an empty database only.'),
  consistency_unavailable: problem(
    409,
    'That consistency cannot be had for this database',
    'Ask for `snapshot` (up to 4 MiB), `fenced` (read-only while it is copied) or `fuzzy`, or leave it out.',
  ),
  database_unreachable: problem(503, 'The database does not answer', 'It is tried again by itself; look at the overview.'),
  database_failed: problem(422, 'The database refused a statement', 'The message is the database’s own.'),
  database_limit: problem(422, 'A limit of D1 was hit', 'See the notes on the overview.'),
  table_not_pageable: problem(
    422,
    'A table has no key to page by',
    'Give it a primary key, or rename the columns that hide its rowid.',
  ),
  unsupported_object: problem(
    422,
    'The database holds an object that cannot be exported',
    'Export the other tables by naming them.',
  ),
  snapshot_contended: problem(
    409,
    'The database changed again and again while a snapshot was prepared',
    'Try again when it is quieter, or ask for `fuzzy`.',
  ),
  schema_changed: problem(409, 'The schema changed while the job ran', 'Start the job again.'),
  fence_failed: problem(
    503,
    'The database did not let the fence up',
    'It is tried again by itself; the message is the database’s own.',
  ),
  executor_lost: problem(500, 'The executor went away again and again', 'Look at the logs; retry goes on from the last step.'),
  dead_letter: problem(500, 'The queue gave up delivering a slice', 'Look at the logs; retry goes on from the last step.'),
  too_many_requests: problem(429, 'Too many failed attempts', 'Wait for the time in `Retry-After`.'),
  payload_too_large: problem(413, 'The request body is too large', 'The API takes at most 1 MB.'),
  range_not_satisfiable: problem(416, 'The range lies outside the file', 'See `Content-Range` for its size.'),
  internal: problem(500, 'Something went wrong on our side', 'Quote the request id when you report it.'),
} as const;

export type ProblemCode = keyof typeof PROBLEMS;
export const PROBLEM_CODES = Object.keys(PROBLEMS) as [ProblemCode, ...ProblemCode[]];

/** `path`: a field, or file, line and column. */
const Issue = z.object({ path: z.string(), message: z.string() });
export type Issue = z.infer<typeof Issue>;

/** RFC 9457, `application/problem+json`. */
export const Problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.number().int(),
    code: z.enum(PROBLEM_CODES),
    detail: z.string(),
    hint: z.string(),
    requestId: z.string(),
    issues: z.array(Issue).optional(),
  })
  .meta({ id: 'Problem' });
export type Problem = z.infer<typeof Problem>;

/** An error that knows what it is. Anything else that is thrown becomes `internal`. Survives RPC as its `message`: see `fromMessage`. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: ProblemCode;
  readonly hint: string;
  readonly retryable: boolean;
  /** Each thing that is wrong, and where. */
  readonly issues: readonly Issue[];
  constructor(
    code: ProblemCode,
    detail: string,
    options: { hint?: string; retryable?: boolean; cause?: unknown; issues?: readonly Issue[] } = {},
  ) {
    super(detail, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options.hint ?? PROBLEMS[code].hint;
    this.retryable = options.retryable ?? false;
    this.issues = options.issues ?? [];
  }
}
