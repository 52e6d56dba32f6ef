/**
 * The clock's door. Once an hour: wake every control plane, in case an alarm was lost, and take a point for its chart. The first visit of a
 * day anchors the audit chains (A1).
 */
import { DATABASES } from '../../db/databases.ts';
import type { Env } from '../env.ts';
import { log } from '../log.ts';
import { takeSample } from '../overview/sample.ts';

export async function onSchedule(_event: ScheduledController, env: Env): Promise<void> {
  try {
    await env.ACCESS.getByName('access').wake();
  } catch (error) {
    log('error', 'hourly visit of access control failed', { error });
  }
  for (const { binding } of DATABASES) {
    try {
      await env.CONTROL.getByName(binding).wake();
      await takeSample(env, binding, true);
    } catch (error) {
      // One database that is down must not keep the others from their turn.
      log('error', 'hourly visit failed', { database: binding, error });
    }
  }
}
