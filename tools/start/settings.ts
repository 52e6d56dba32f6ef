/** What the environment asks for, checked before anything is started. Throws `Unusable` with what to do about it. */
import { isAbsolute, join } from 'node:path';

export interface Settings {
  /** 0: any free one. */
  readonly port: number;
  /** Of the example shop. 0: any free one. Null: the one after `port`, or another where that is taken. */
  readonly shopPort: number | null;
  /** Absolute path of the folder that holds all local state. */
  readonly stateFolder: string;
  /** Null: use the one kept in the state folder, or make it. */
  readonly adminToken: string | null;
  readonly sample: boolean;
  /** Rebuild the console when its sources change. */
  readonly watch: boolean;
}

/** Something that the person at the terminal has to change. Shown without a stack. */
export class Unusable extends Error {
  override readonly name = 'Unusable';
  readonly hint: string;
  constructor(message: string, hint: string) {
    super(message);
    this.hint = hint;
  }
}

export const DEFAULT_PORT = 8787;

export function readSettings(top: string, env: NodeJS.ProcessEnv, args: readonly string[]): Settings {
  const unknown = args.find((arg) => arg !== '--watch');
  if (unknown !== undefined) throw new Unusable(`Unknown option ${unknown}.`, 'Settings are environment variables: see README.md.');
  const state = env.LOCKKEEPER_STATE || '.lockkeeper';
  return {
    port: readPort('PORT', env.PORT) ?? DEFAULT_PORT,
    shopPort: readPort('SHOP_PORT', env.SHOP_PORT),
    stateFolder: isAbsolute(state) ? state : join(top, state),
    adminToken: readToken(env.LOCKKEEPER_ADMIN_TOKEN),
    sample: readSample(env.LOCKKEEPER_SAMPLE),
    watch: args.includes('--watch'),
  };
}

function readPort(name: string, text: string | undefined): number | null {
  if (text === undefined || text === '') return null;
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port <= 65_535) return port;
  throw new Unusable(
    `${name} is ${JSON.stringify(text)}, which is not a port.`,
    'Use a number from 1 to 65535, or 0 for any free one.',
  );
}

/** The token travels in a header and in an env file, whose readers give quotes, `$` and `\` a meaning of their own. */
function readToken(text: string | undefined): string | null {
  if (text === undefined || text === '') return null;
  if (/^[\x21-\x7e]{1,512}$/.test(text) && !/['"`$\\]/.test(text)) return text;
  throw new Unusable(
    'LOCKKEEPER_ADMIN_TOKEN has characters that cannot be used.',
    'Use 1 to 512 letters, digits and signs other than quotes, `$` and `\\`, without spaces. Unset it to have one made.',
  );
}

function readSample(text: string | undefined): boolean {
  switch (text) {
    case undefined:
    case '':
    case 'on':
      return true;
    case 'off':
      return false;
    default:
      throw new Unusable(`LOCKKEEPER_SAMPLE is ${JSON.stringify(text)}.`, 'Use `off` for no sample data, or leave it unset.');
  }
}
