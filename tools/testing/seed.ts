/**
 * Property tests draw the same cases each time, so that a red run is about the change and not about luck. To look for new ones:
 * `LOCKKEEPER_FUZZ_SEED=random npm test -- worker/core`; what is found stays as an example beside its property.
 */
import fc from 'fast-check';

const asked = process.env.LOCKKEEPER_FUZZ_SEED ?? '20261123';
const seed = asked === 'random' ? Date.now() & 0x7fffffff : Number(asked);
if (!Number.isInteger(seed)) throw new Error(`LOCKKEEPER_FUZZ_SEED is neither a whole number nor "random": ${asked}`);
fc.configureGlobal({ seed });
