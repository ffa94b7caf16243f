/**
 * fast-check for tests. Every run tries the same worlds, so that a test fails for what was changed and for nothing else;
 * `SLUICE_TEST_SEED` (a number, or `random`) tries others, and those that are asked to try more worlds than usual say which.
 */
import fc from 'fast-check';

const seed = process.env['SLUICE_TEST_SEED'] ?? '1';
if (seed !== 'random') fc.configureGlobal({ seed: Number(seed) });

export { fc };
