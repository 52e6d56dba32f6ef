import { expect, test } from 'vitest';
import { TokenRequest } from './access.ts';

const named = (name: string) => TokenRequest.safeParse({ name, role: 'viewer' }).success;

test('X3 a token’s name is one line of text in any script, and nothing that a log or a terminal would obey', () => {
  for (const name of ['ci', 'Éva’s laptop', '倉庫', 'nightly export (EU) 🚚']) expect(named(name), name).toBe(true);
  for (const name of ['', '   ', 'a\u0000b', 'a\nb', 'a\u001b[31mb', 'a\u0085b', 'x'.repeat(101)]) {
    expect(named(name), JSON.stringify(name)).toBe(false);
  }
});
