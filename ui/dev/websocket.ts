/** As much of RFC 6455 as the fake server needs, so that no package is: text frames, close, and the handshake. */
import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

const MAGIC = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const TEXT = 1;
const CLOSE = 8;

function frame(opcode: number, payload: Buffer): Buffer {
  const size = payload.length;
  const head =
    size < 126
      ? Buffer.from([0x80 | opcode, size])
      : size < 65_536
        ? Buffer.from([0x80 | opcode, 126, size >> 8, size & 255])
        : Buffer.concat([Buffer.from([0x80 | opcode, 127, 0, 0, 0, 0]), Buffer.from(Uint32Array.of(size).buffer).reverse()]);
  return Buffer.concat([head, payload]);
}

/** One accepted socket. Messages from the client are short (`ping`), so a frame that is longer than 125 bytes ends it. */
export class FakeSocket {
  onText: (text: string) => void = () => {};
  onGone: () => void = () => {};
  private readonly stream: Duplex;
  private buffered: Buffer = Buffer.alloc(0);

  constructor(request: IncomingMessage, stream: Duplex) {
    this.stream = stream;
    const accept = createHash('sha1').update(`${request.headers['sec-websocket-key']}${MAGIC}`).digest('base64');
    stream.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
    );
    stream.on('data', (data: Buffer) => this.read(data));
    stream.on('close', () => this.onGone());
    stream.on('error', () => stream.destroy());
  }

  send(message: unknown): void {
    if (!this.stream.writable) return;
    this.stream.write(frame(TEXT, Buffer.from(typeof message === 'string' ? message : JSON.stringify(message))));
  }

  close(code: number): void {
    this.stream.end(frame(CLOSE, Buffer.from([code >> 8, code & 255])));
  }

  /** As a crash or a cut cable: no close frame. */
  cut(): void {
    this.stream.destroy();
  }

  private read(data: Buffer): void {
    this.buffered = Buffer.concat([this.buffered, data]);
    while (this.buffered.length >= 6) {
      const [first = 0, second = 0] = this.buffered;
      const size = second & 127;
      if (size > 125) {
        this.cut();
        return;
      }
      if (this.buffered.length < 6 + size) return;
      const mask = this.buffered.subarray(2, 6);
      const payload = Buffer.from(this.buffered.subarray(6, 6 + size).map((byte, i) => byte ^ (mask[i % 4] ?? 0)));
      this.buffered = this.buffered.subarray(6 + size);
      if ((first & 15) === TEXT) this.onText(payload.toString());
      if ((first & 15) === CLOSE) this.close(1000);
    }
  }
}
