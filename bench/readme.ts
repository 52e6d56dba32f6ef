/** The part of README.md that quotes measurements: made from bench/results.json, never by hand. */
import type { Results } from './report.ts';

const BEGIN = '<!-- bench:begin -->\n';
const END = '<!-- bench:end -->';
export const NOT_MEASURED = 'Not measured yet: `npm run bench` fills this in.\n';

const MIB = 1 << 20;

const memory = (peak: Readonly<Record<string, number>>): string => {
  const sum = Object.values(peak).reduce((total, bytes) => total + bytes, 0);
  return sum === 0 ? '' : `${Math.round(sum / MIB)} MiB`;
};

export function benchSection(results: Results | null): string {
  if (results === null) return NOT_MEASURED;
  const { machine, versions, date } = results;
  const where = `${machine.cores} cores of ${machine.processor}, ${machine.system}`;
  const lines = results.rows.map((row) => {
    const cells = [
      row.case,
      row.rows.toLocaleString('en'),
      row.method,
      `${(row.wallMs / 1000).toFixed(2)} s`,
      row.rowsPerSecond.toLocaleString('en'),
    ];
    return `| ${[...cells, memory(row.peakBytes)].join(' | ')} |`;
  });
  const verdicts = results.verdicts.map(
    ({ goal, measured, reached }) => `- ${goal}: ${measured}${reached ? '' : ' (not reached)'}`,
  );
  return [
    `Measured on ${date.slice(0, 10)}: ${where}; wrangler ${versions.wrangler}, workerd ${versions.workerd}. Memory is the highest sum`,
    'over the runtime and its Node process.',
    '',
    '| case | rows | method | time | rows/s | memory |',
    '|---|---:|---|---:|---:|---:|',
    ...lines,
    '',
    ...verdicts,
    '',
  ].join('\n');
}

/** Throws when the marks are gone. */
export function withBenchSection(readme: string, section: string): string {
  const [begin, end] = [readme.indexOf(BEGIN), readme.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error('README.md has lost its bench marks');
  return readme.slice(0, begin + BEGIN.length) + section + readme.slice(end);
}
