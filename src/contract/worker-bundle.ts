/** The folder of the package that has the worker: its program, and the Dockerfile of its image. */
export const WORKER_FOLDER = 'assets/worker';

/** The worker's program, one file that needs nothing but Node.js and Clustal Omega. */
export const WORKER_PROGRAM = 'index.cjs';
