import { configureGlobal } from 'fast-check';

/**
 * fast-check with the same cases each time, so that nothing but a change makes a test fail. The long forms (PAVI_LONG_TESTS=1) have others
 * each time; a failure tells its seed.
 */
export * as fc from 'fast-check';

if (process.env.PAVI_LONG_TESTS !== '1') configureGlobal({ seed: 20_260_101 });
