/** The queue's door: slices, and the slices that the queue gave up on. Delivery is at least once and in any order. */
import { archiveOf } from '../archive/r2.ts';
import type { SliceMessage } from '../control/wire.ts';
import { d1Database } from '../database/d1.ts';
import { scratchDatabase } from '../database/scratch.ts';
import { bindingOf, type Env } from '../env.ts';
import { log } from '../log.ts';
import { Refusal } from '../protocol/problem.ts';
import { runSlice, type Workplace } from './executor.ts';

export const DEAD_LETTERS = 'lockkeeper-dead-slices';

export const workplaceOf = (env: Env): Workplace => ({
  control: (database) => env.CONTROL.getByName(database),
  database: (name) => d1Database(bindingOf(env, name)),
  archive: (database) => archiveOf(env.ARCHIVE, database),
  scratch: (jobId) => scratchDatabase(env.SCRATCH.getByName(jobId)),
});

export async function consume(batch: MessageBatch<SliceMessage>, env: Env): Promise<void> {
  for (const message of batch.messages) {
    if (batch.queue === DEAD_LETTERS) await bury(message, env);
    else await work(message, env);
  }
}

async function work(message: Message<SliceMessage>, env: Env): Promise<void> {
  try {
    await runSlice(message.body, workplaceOf(env));
    message.ack();
  } catch (error) {
    if (error instanceof Refusal && error.code === 'database_not_found') {
      // Managed no longer: nobody can ever work on it.
      log('warn', 'slice of an unknown database dropped', { database: message.body.database, jobId: message.body.jobId });
      return message.ack();
    }
    // The control plane could not be reached, so nothing was begun, or its end could not be told: the ticket decides at the next delivery.
    log('error', 'slice not delivered', { database: message.body.database, jobId: message.body.jobId, error });
    message.retry({ delaySeconds: Math.min(60, 2 ** message.attempts) });
  }
}

async function bury(message: Message<SliceMessage>, env: Env): Promise<void> {
  const { database, jobId, ticket } = message.body;
  log('error', 'slice given up by the queue', { database, jobId });
  await env.CONTROL.getByName(database).deadLetter(
    jobId,
    ticket,
    `a slice was delivered ${message.attempts} times or more without success.`,
  );
  message.ack();
}
