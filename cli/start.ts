import * as nodeModule from 'node:module';
import { CompileCache, enableCompileCache } from './terminal/compile-cache';
import { endWithReader } from './terminal/standard-output';
import { versionText } from './terminal/version';

// What the pavi-pipeline command starts with. The rest is loaded only if it is needed, and then through the compile cache.
if (process.argv[2] === '--version') {
  endWithReader(true);
  process.stdout.write(`${versionText()}\n`);
} else {
  enableCompileCache(nodeModule as CompileCache, process.env);
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  require('./main');
}
