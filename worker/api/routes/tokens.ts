/** Tokens for programs. The secret is shown once; its hash is what stays. */
import type { OpenAPIHono } from '@hono/zod-openapi';
import { z } from 'zod';
import { digest, newSecret } from '../../access/secrets.ts';
import { unwrap } from '../../control/wire.ts';
import { managed } from '../../env.ts';
import { NewToken, Token, TokenRequest } from '../../protocol/access.ts';
import { ListQuery, listOf } from '../../protocol/list.ts';
import { Refusal } from '../../protocol/problem.ts';
import { accessOf, byOf } from '../auth.ts';
import type { AppEnv, Caller } from '../context.ts';
import { fromCursor, numberOrNull, toCursor } from '../cursor.ts';
import { body, json, route } from '../door.ts';

export function tokenRoutes(app: OpenAPIHono<AppEnv>): void {
  app.openapi(
    route('admin', ['bad_request', 'bad_cursor'], {
      method: 'get',
      path: '/tokens',
      summary: 'Tokens, newest first',
      request: { query: ListQuery },
      responses: { 200: json(listOf(Token), 'A page of tokens') },
    }),
    async (c) => {
      const { limit, cursor } = c.req.valid('query');
      const page = await accessOf(c.env).listTokens(numberOrNull(fromCursor('tokens', cursor)), limit);
      return c.json({ items: page.items, nextCursor: toCursor('tokens', page.nextCursor) }, 200);
    },
  );

  app.openapi(
    route('admin', ['bad_request', 'database_not_found'], {
      method: 'post',
      path: '/tokens',
      summary: 'Make a token',
      description:
        'For all databases and what belongs to none, or for those in `databases` only. It cannot outlive the token that asks for it.',
      request: { body: body(TokenRequest) },
      responses: { 201: json(NewToken, 'The token with its secret, shown this once') },
    }),
    async (c) => {
      const request = c.req.valid('json');
      if (request.expiresAt !== null && Date.parse(request.expiresAt) <= Date.now()) {
        throw new Refusal('bad_request', 'expiresAt lies in the past.', { hint: 'Give a time to come, or null for no end.' });
      }
      for (const name of request.databases ?? []) managed(name);
      const secret = newSecret('lkt');
      const { tokenId } = c.get('caller') as Caller;
      const id = `tok_${crypto.randomUUID()}`;
      const token = unwrap(await accessOf(c.env).addToken(id, await digest(secret), request, byOf(c), tokenId));
      return c.json({ ...token, secret }, 201);
    },
  );

  app.openapi(
    route('admin', ['token_not_found'], {
      method: 'delete',
      path: '/tokens/{id}',
      summary: 'Revoke a token, with the sessions made with it and the sockets of both, at once',
      request: { params: z.object({ id: z.string().min(1).max(100) }) },
      responses: { 204: { description: 'Revoked' } },
    }),
    async (c) => {
      const { id } = c.req.valid('param');
      if (!(await accessOf(c.env).revokeToken(id, byOf(c)))) throw new Refusal('token_not_found', `There is no token ${id}.`);
      return c.body(null, 204);
    },
  );
}
