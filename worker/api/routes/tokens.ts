/** Tokens for programs. The secret is shown once; its hash is what stays. */
import type { OpenAPIHono } from '@hono/zod-openapi';
import { z } from 'zod';
import { digest, newSecret } from '../../access/secrets.ts';
import { NewToken, Token, TokenRequest } from '../../protocol/access.ts';
import { ListQuery, listOf } from '../../protocol/list.ts';
import { Refusal } from '../../protocol/problem.ts';
import { accessOf, byOf } from '../auth.ts';
import type { AppEnv } from '../context.ts';
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
    route('admin', ['bad_request'], {
      method: 'post',
      path: '/tokens',
      summary: 'Make a token',
      request: { body: body(TokenRequest) },
      responses: { 201: json(NewToken, 'The token with its secret, shown this once') },
    }),
    async (c) => {
      const request = c.req.valid('json');
      if (request.expiresAt !== null && Date.parse(request.expiresAt) <= Date.now()) {
        throw new Refusal('bad_request', 'expiresAt lies in the past.', { hint: 'Give a time to come, or null for no end.' });
      }
      const secret = newSecret('lkt');
      const token = await accessOf(c.env).addToken(`tok_${crypto.randomUUID()}`, await digest(secret), request, byOf(c));
      return c.json({ ...token, secret }, 201);
    },
  );

  app.openapi(
    route('admin', ['token_not_found'], {
      method: 'delete',
      path: '/tokens/{id}',
      summary: 'Revoke a token, and the sessions made with it, at once',
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
