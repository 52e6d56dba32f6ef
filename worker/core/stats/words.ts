/** Figures and names as they stand in a sentence. */

const UNITS = ['bytes', 'kB', 'MB', 'GB'] as const;
const LONGEST_NAME = 30;
const MOST_NAMES = 2;
const HOUR_MS = 60 * 60 * 1000;

/** In powers of 1,000, as D1 states its limits; one digit after the point below ten. */
export function bytesInWords(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit++;
  }
  const digits = unit > 0 && value < 9.95 ? 1 : 0;
  return `${value.toFixed(digits).replace(/\.0$/, '')} ${UNITS[unit]}`;
}

/** A stretch of time in whole hours or days. */
export function ago(ms: number): string {
  const hours = Math.max(1, Math.floor(ms / HOUR_MS));
  const [count, unit] = hours < 48 ? [hours, 'hour'] : [Math.floor(hours / 24), 'day'];
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}

/** The first names, shortened, and how many more there are: a sentence stays short whatever people call their tables. */
export function named(names: readonly string[]): string {
  const first = names
    .slice(0, MOST_NAMES)
    .map((name) => ([...name].length > LONGEST_NAME ? `${[...name].slice(0, LONGEST_NAME - 1).join('')}…` : name));
  const more = names.length - first.length;
  return first.join(', ') + (more > 0 ? ` and ${more} more` : '');
}

/** As a word of a POSIX shell, so that a command can be copied as it stands. */
export function shellWord(text: string): string {
  return /^[\w.@%+=:,/-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
