/** What a refusal may leave in the trail. */
import type { AuditAction } from '../../protocol/audit.ts';

export const DENIALS: readonly AuditAction[] = ['access.denied', 'credential.refused', 'session.refused'];
