/** Ports of the loopback interface. */
import { createServer } from 'node:net';

/** Listens for a moment. Answers the port, or null when it is taken. */
async function tryPort(port: number): Promise<number | null> {
  const server = createServer();
  return await new Promise((resolve, reject) => {
    server.on('error', (error: NodeJS.ErrnoException) =>
      /^(EADDRINUSE|EACCES)$/.test(error.code ?? '') ? resolve(null) : reject(error),
    );
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      const address = server.address();
      server.close(() => resolve(address !== null && typeof address === 'object' ? address.port : null));
    });
  });
}

export async function isFree(port: number): Promise<boolean> {
  return (await tryPort(port)) !== null;
}

/** A port that is free now. Somebody may take it before it is used. */
export async function freePort(): Promise<number> {
  const port = await tryPort(0);
  if (port === null) throw new Error('no free port on 127.0.0.1');
  return port;
}
