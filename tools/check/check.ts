/** `npm run check`: format, lint and types alone. */
import { CHECKS, runStep } from './steps.ts';

let failed = 0;
for (const step of CHECKS) if (!(await runStep(step))) failed++;
process.stdout.write(`\n${CHECKS.length - failed} passed, ${failed} failed\n`);
process.exit(failed === 0 ? 0 : 1);
