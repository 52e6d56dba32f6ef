import { DurableObject } from 'cloudflare:workers';

export class ControlPlane extends DurableObject {}
export class AccessControl extends DurableObject {}
export class ScratchDatabase extends DurableObject {}
export default { fetch: () => new Response('not built yet', { status: 503 }) } satisfies ExportedHandler;
