/** Signing in and out, and who one is. */
import type { OpenAPIHono } from '@hono/zod-openapi';
import { z } from 'zod';
import { highestRole } from '../../access/identity.ts';
import { digest, newSecret } from '../../access/secrets.ts';
import { Me, SignIn, SignInCode } from '../../protocol/access.ts';
import { Refusal } from '../../protocol/problem.ts';
import { accessOf, byOf, sameOrigin, signIn, signOut } from '../auth.ts';
import type { AppEnv, Caller, Known } from '../context.ts';
import { body, json, route } from '../door.ts';

const meOf = (caller: Known): Me => ({
  subject: caller.subject,
  displayName: caller.displayName,
  role: highestRole(caller.grants) ?? 'viewer',
  grants: [...caller.grants],
  via: caller.via,
  sessionExpiresAt: caller.sessionExpiresAt === null ? null : new Date(caller.sessionExpiresAt).toISOString(),
});

export function sessionRoutes(app: OpenAPIHono<AppEnv>): void {
  app.openapi(
    route('member', [], { method: 'get', path: '/me', summary: 'Who this is', responses: { 200: json(Me, 'The caller') } }),
    (c) => c.json(meOf(c.get('caller') as Caller), 200),
  );

  app.openapi(
    route('anyone', ['bad_request', 'bad_credentials', 'cross_origin', 'too_many_requests'], {
      method: 'post',
      path: '/session',
      summary: 'Sign in',
      description: 'Exchanges a token, or the one-time code of a sign-in link, for an HttpOnly session cookie.',
      request: { body: body(SignIn) },
      responses: { 200: json(Me, 'Signed in; the cookie is set') },
    }),
    async (c) => {
      // Another site must not sign a browser in as somebody else. Programs send no Origin.
      if (c.req.header('Origin') !== undefined && !sameOrigin(c))
        throw new Refusal('cross_origin', 'A sign-in from another origin.');
      return c.json(meOf(await signIn(c, c.req.valid('json'))), 200);
    },
  );

  app.openapi(
    route('anyone', ['cross_origin'], {
      method: 'delete',
      path: '/session',
      summary: 'Sign out',
      responses: { 204: { description: 'The session is over' } },
    }),
    async (c) => {
      await signOut(c);
      return c.body(null, 204);
    },
  );

  app.openapi(
    route('member', [], {
      method: 'post',
      path: '/session/codes',
      summary: 'Make a sign-in link code',
      description: 'A code that signs in as the caller, once, within ten minutes. Bearer tokens only.',
      request: { body: { required: false, content: { 'application/json': { schema: z.object({}).strict() } } } },
      responses: { 201: json(SignInCode, 'The code, shown this once') },
    }),
    async (c) => {
      const caller = c.get('caller') as Caller;
      if (caller.via !== 'bearer') throw new Refusal('forbidden', 'Only a bearer token can make a sign-in code.');
      const code = newSecret('lkc');
      const { subject, displayName, grants, tokenId, ownerHash, expiresAt: ends } = caller;
      const identity = { subject, displayName, grants, tokenId, ownerHash, expiresAt: ends };
      const expiresAt = await accessOf(c.env).addCode(await digest(code), identity, byOf(c));
      return c.json({ code, expiresAt: new Date(expiresAt).toISOString() }, 201);
    },
  );
}
