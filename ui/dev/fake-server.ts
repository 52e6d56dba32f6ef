/**
 * A FAKE of Lockkeeper's server, with invented data and none of its rules: for looking at the console and for its browser test.
 * It speaks `worker/protocol`, sends the same Content-Security-Policy as the real one, and can be told to misbehave.
 * By hand: `node ui/dev/fake-server.ts 8799`, then sign in with `admin`, `operator` or `viewer`.
 */
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { ZodError } from 'zod';
import type { Me, Role, Token } from '../../worker/protocol/access.ts';
import { CLOSE } from '../../worker/protocol/live.ts';
import type { ProblemCode } from '../../worker/protocol/problem.ts';
import { Refused } from './fake-answer.ts';
import { FakeAudit } from './fake-audit.ts';
import { FakeDatabase } from './fake-database.ts';
import { route } from './fake-routes.ts';
import { fakeTokens } from './fixtures.ts';
import { FakeSocket } from './websocket.ts';

const DIST = join(import.meta.dirname, '../dist');
const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};
export const CSP =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'";

export class FakeServer {
  readonly databases = [new FakeDatabase('DB', 'Sample shop', 'full'), new FakeDatabase('STAGING', 'Sample staging', 'empty')];
  /** The trail that belongs to no database. */
  readonly audit = new FakeAudit(null, 9);
  tokens: Token[] = fakeTokens(Date.now());
  readonly codes = new Set(['one-time-code']);
  readonly sessions = new Map<string, Me>();
  failedSignIns = 0;
  /** Calls whose path holds this text wait for the promise. */
  held: { readonly path: string; readonly until: Promise<void> } | null = null;
  /** Every API answer waits this long. */
  delayMs = 0;
  /** Every API call whose path holds this text fails with the code. */
  broken: { readonly path: string; readonly code: ProblemCode; readonly status: number } | null = null;
  /** Refuses every socket, as a server that is restarting. */
  refusesSockets = false;
  private readonly socketsOf = new Map<FakeSocket, string>();
  private readonly dist: string;
  private readonly server: Server = createServer((request, response) => void this.answer(request, response));

  constructor(dist: string = DIST) {
    this.dist = dist;
    this.server.on('upgrade', (request, stream) => {
      const url = new URL(request.url ?? '/', 'http://fake');
      const database = this.databases.find(({ name }) => url.pathname === `/api/v1/databases/${name}/live`);
      if (database === undefined || this.refusesSockets || this.me(request) === null) {
        stream.end('HTTP/1.1 503 Unavailable\r\n\r\n');
        return;
      }
      const after = url.searchParams.get('after');
      const socket = new FakeSocket(request, stream);
      this.socketsOf.set(socket, this.sessionOf(request));
      database.live.accept(socket, after === null ? null : Number(after));
    });
  }

  listen(port = 0): Promise<string> {
    return new Promise((resolve) => {
      this.server.listen(port, '127.0.0.1', () => resolve(`http://127.0.0.1:${(this.server.address() as AddressInfo).port}`));
    });
  }

  close(): Promise<void> {
    for (const database of this.databases) database.stop();
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }

  me(request: IncomingMessage): Me | null {
    return this.sessions.get(this.sessionOf(request)) ?? null;
  }

  private sessionOf(request: IncomingMessage): string {
    return /(?:^|; )session=([^;]+)/.exec(request.headers.cookie ?? '')?.[1] ?? '';
  }

  /** As the revocation of a token: its sessions are gone, and their sockets are closed with 4401 at once. */
  revoke(session: string): void {
    this.sessions.delete(session);
    for (const [socket, owner] of this.socketsOf) if (owner === session) socket.close(CLOSE.unauthorized);
  }

  /** `grants` left out: the role on every database. `who`: another person with the same role. */
  begin(role: Role, { grants = [{ role, databases: null }], who = role }: { grants?: Me['grants']; who?: string } = {}): string {
    const id = `s${this.sessions.size + 1}_${Math.random().toString(36).slice(2)}`;
    this.sessions.set(id, {
      subject: `token:${who}`,
      displayName: `${who} token`,
      role,
      grants,
      via: 'session',
      sessionExpiresAt: new Date(Date.now() + 43_200_000).toISOString(),
    });
    return id;
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://fake');
    response.setHeader('content-security-policy', CSP);
    if (!url.pathname.startsWith('/api/')) {
      await this.asset(url.pathname, response);
      return;
    }
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    if (this.held !== null && url.pathname.includes(this.held.path)) await this.held.until;
    if (this.delayMs > 0) await new Promise((resolve) => setTimeout(resolve, this.delayMs));
    this.api(request, url, Buffer.concat(chunks).toString(), response);
  }

  private api(request: IncomingMessage, url: URL, body: string, response: ServerResponse): void {
    try {
      if (this.broken !== null && url.pathname.includes(this.broken.path)) throw new Refused(this.broken.status, this.broken.code);
      const { status, value, file } = route(this, request, url, body === '' ? {} : JSON.parse(body), response);
      if (file !== undefined) {
        response.writeHead(status, { 'content-type': file.type, 'content-disposition': `attachment; filename="${file.name}"` });
        response.end(file.text);
        return;
      }
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(value === undefined ? '' : JSON.stringify(value));
    } catch (error) {
      const refused =
        error instanceof Refused
          ? error
          : error instanceof ZodError
            ? new Refused(400, 'bad_request', error.message)
            : new Refused(500, 'internal', String(error));
      response.writeHead(refused.status, { 'content-type': 'application/problem+json', ...refused.headers });
      response.end(JSON.stringify(refused.problem()));
    }
  }

  private async asset(path: string, response: ServerResponse): Promise<void> {
    const file = extname(path) === '' ? '/index.html' : path;
    try {
      const bytes = await readFile(join(this.dist, file));
      response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream' });
      response.end(bytes);
    } catch {
      response.writeHead(404);
      response.end('Not found. Has the console been built?');
    }
  }
}

if (import.meta.main) {
  const server = new FakeServer();
  console.log(`Fake server at ${await server.listen(Number(process.argv[2] ?? 8799))}: sign in with admin, operator or viewer.`);
}
