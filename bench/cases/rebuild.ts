/** A parent table rebuilt on D1 with every row of its children, beside the recipe in common use, which is quicker because it loses them. */
import { join } from 'node:path';
import { type Bench, type BenchContext, type Row, row, type Verdict } from '../case.ts';
import { startWorker } from '../worker.ts';

const NAME = 'rebuild';
const ROUNDS = 3;
const WAYS = [
  ['rebuild', 'lockkeeper'],
  ['common', 'recipe in common use'],
] as const;

async function run({ sizes, folder, tell }: BenchContext): Promise<Row[]> {
  const worker = await startWorker('rebuilder', folder, join(folder, 'state'), 'way=make&n=1');
  const rows: Row[] = [];
  try {
    for (const n of sizes) {
      for (const [way, method] of WAYS) {
        let wallMs = Number.POSITIVE_INFINITY;
        let kept = 0;
        for (let round = 0; round < ROUNDS; round += 1) {
          await worker.ask(`way=make&n=${n}`);
          const [ms = Number.NaN, parents, children] = (await worker.ask(`way=${way}&n=${n}`)).split(' ').map(Number);
          if (parents !== n) throw new Error(`${method} left ${parents} of ${n} parents`);
          wallMs = Math.min(wallMs, ms);
          kept = children ?? 0;
        }
        tell(`  ${method}: ${wallMs} ms, ${kept} of ${n} children kept`);
        const note = `${n} rows and ${n} that refer to them (CASCADE); ${kept} of those kept; best of ${ROUNDS}`;
        rows.push(row({ case: NAME, method, rows: 2 * n, wallMs, jobMs: null, outputBytes: 0, peakBytes: {}, note }));
      }
    }
    return rows;
  } finally {
    worker.stop();
  }
}

function judge(rows: readonly Row[]): Verdict[] {
  const ours = rows.find(({ method }) => method === 'lockkeeper');
  if (!ours) return [];
  const n = ours.rows / 2;
  return [
    {
      goal: `${n} rows rebuilt with the ${n} that refer to them, none lost`,
      measured: `${ours.rowsPerSecond.toLocaleString('en')} rows a second; ${ours.note}`,
      reached: ours.note.includes(`${n} of those kept`),
    },
  ];
}

export const bench: Bench = { name: NAME, what: 'a parent table rebuilt with its children', sizes: [200_000], run, judge };
