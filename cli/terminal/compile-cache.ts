import { existsSync, lstatSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';

/** What `node:module` has since Node.js 22.8. */
export interface CompileCache {
  readonly enableCompileCache?: (folder: string) => unknown;
}

/**
 * Has Node.js keep what V8 compiles of the files that are loaded from here on, for this command's next start and for the workers that it
 * starts as processes. Without a safe folder nothing is kept. `NODE_COMPILE_CACHE` names another folder, which Node.js uses by itself;
 * `NODE_DISABLE_COMPILE_CACHE=1` keeps nothing.
 */
export function enableCompileCache(node: CompileCache, environment: NodeJS.ProcessEnv): void {
  const decided = [environment.NODE_COMPILE_CACHE, environment.NODE_DISABLE_COMPILE_CACHE].some((value) => value !== undefined);
  if (node.enableCompileCache === undefined || decided) return;
  const folder = cacheFolder(environment);
  if (folder === undefined) return;
  node.enableCompileCache(folder);
  environment.NODE_COMPILE_CACHE = folder;
}

/** The folder of the cache; undefined if another user may have written there, for what is compiled there is run. */
function cacheFolder(environment: NodeJS.ProcessEnv): string | undefined {
  try {
    // A relative one counts for nothing: https://specifications.freedesktop.org/basedir-spec/latest/
    const { XDG_CACHE_HOME: given = '' } = environment;
    const base = isAbsolute(given) ? given : join(homedir(), '.cache');
    const own = join(base, 'cdk-pavi-alignment-pipeline');
    const folder = join(own, 'compile-cache');
    // With another user's home, as sudo may leave it, nothing is to be made there.
    if (!isMine(existsSync(base) ? base : dirname(base))) return undefined;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return [base, own, folder].every(isMine) ? folder : undefined;
  } catch {
    return undefined;
  }
}

function isMine(folder: string): boolean {
  const stats = lstatSync(folder);
  // eslint-disable-next-line no-bitwise
  const othersMayWrite = (stats.mode & 0o022) !== 0;
  return stats.isDirectory() && stats.uid === process.getuid?.() && !othersMayWrite;
}
