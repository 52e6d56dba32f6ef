import { expect, test } from 'vitest';
import { DEFAULT_PORT, readSettings, Unusable } from './settings.ts';

const read = (env: NodeJS.ProcessEnv, args: string[] = []) => readSettings('/top', env, args);

test('without an environment: the contract’s defaults', () => {
  expect(read({})).toEqual({
    port: DEFAULT_PORT,
    shopPort: null,
    stateFolder: '/top/.lockkeeper',
    adminToken: null,
    sample: true,
    watch: false,
  });
  expect(DEFAULT_PORT).toBe(8787);
});

test('each setting is read; empty means not set', () => {
  const env = {
    PORT: '9000',
    SHOP_PORT: '0',
    LOCKKEEPER_STATE: '/else/where',
    LOCKKEEPER_ADMIN_TOKEN: 'tok-en_1.~+/=#',
    LOCKKEEPER_SAMPLE: 'off',
  };
  expect(read(env, ['--watch'])).toEqual({
    port: 9000,
    shopPort: 0,
    stateFolder: '/else/where',
    adminToken: env.LOCKKEEPER_ADMIN_TOKEN,
    sample: false,
    watch: true,
  });
  expect(read({ PORT: '', SHOP_PORT: '', LOCKKEEPER_STATE: '', LOCKKEEPER_ADMIN_TOKEN: '', LOCKKEEPER_SAMPLE: '' })).toEqual(
    read({}),
  );
  expect(read({ LOCKKEEPER_STATE: 'state' }).stateFolder).toBe('/top/state');
});

test.each([
  [{ PORT: '80a' }],
  [{ PORT: '65536' }],
  [{ PORT: '-1' }],
  [{ SHOP_PORT: 'shop' }],
  [{ LOCKKEEPER_SAMPLE: 'no' }],
  [{ LOCKKEEPER_ADMIN_TOKEN: 'with space' }],
  [{ LOCKKEEPER_ADMIN_TOKEN: "quo'te" }],
  [{ LOCKKEEPER_ADMIN_TOKEN: 'dol$lar' }],
  [{ LOCKKEEPER_ADMIN_TOKEN: 'x'.repeat(513) }],
])('%o is refused with a hint, and the token is not repeated', (env: Record<string, string>) => {
  const error = (() => {
    try {
      return read(env);
    } catch (thrown) {
      return thrown;
    }
  })();
  expect(error).toBeInstanceOf(Unusable);
  expect((error as Unusable).hint).not.toBe('');
  if (env.LOCKKEEPER_ADMIN_TOKEN) expect(String(error)).not.toContain(env.LOCKKEEPER_ADMIN_TOKEN);
});

test('an option that does not exist is refused', () => {
  expect(() => read({}, ['--wach'])).toThrow(Unusable);
});
