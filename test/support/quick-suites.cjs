const { existsSync, readFileSync } = require('node:fs');
const { dirname, resolve } = require('node:path');
const ts = require('typescript');

/** A suite that imports one of these, directly or not, starts what takes seconds or has to be installed; scripts/test --quick leaves it out. */
const SLOW = {
  'test/support/containers.ts': 'containers',
  'test/support/python-venv.ts': 'packages from PyPI',
  'test/package/support/scratch-app.ts': 'the built packages',
  'test/cli/report/support/browser.ts': 'a browser',
  'test/cli/here/support/pavi-pipeline.ts': 'the command as a process, mostly for whole runs',
};

const ROOT = resolve(__dirname, '../..');
const slow = Object.keys(SLOW).map((name) => resolve(ROOT, name));
for (const path of slow) {
  if (!existsSync(path)) throw new Error(`${path} is not there; if it was renamed, rename it in ${__filename} as well`);
}

const imports = new Map();

/** The files of ours that a file imports by a relative path. */
function importsOf(file) {
  if (!imports.has(file)) {
    imports.set(file, ts.preProcessFile(readFileSync(file, 'utf8'), true, true).importedFiles
      .filter(({ fileName }) => fileName.startsWith('.'))
      .flatMap(({ fileName }) => ['.ts', '/index.ts'].map((end) => resolve(dirname(file), fileName + end)).filter((path) => existsSync(path))));
  }
  return imports.get(file);
}

function isSlow(suite) {
  const reached = new Set([suite]);
  for (const file of reached) {
    if (slow.includes(file)) return true;
    for (const imported of importsOf(file)) reached.add(imported);
  }
  return false;
}

/** Jest's --filter. */
module.exports = async (suites) => ({ filtered: suites.filter((suite) => !isSlow(suite)) });
module.exports.SLOW = SLOW;
