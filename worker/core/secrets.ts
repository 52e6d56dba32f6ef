/** Text forms of secrets and hashes. Pure. */

export const toHex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

export const toBase64Url = (bytes: Uint8Array): string =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');

/** Tokens, session ids and sign-in codes as `newSecret` makes them, and JWTs. */
const SECRETS = /\blk[a-z]_[\w-]{8,}|\beyJ[\w-]+\.[\w-]+\.[\w-]*/g;

/** For texts that are kept: somebody may have pasted a secret where a name belongs. */
export const withoutSecrets = (text: string): string => text.replaceAll(SECRETS, '[secret]');
