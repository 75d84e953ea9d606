import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

export const ROOT = resolve(__dirname, '../../..');
/** What PAVI's own stack pins: the least that the library takes. */
export const CDK_MINIMUM = { lib: '2.234.1', constructs: '10.4.4' };
/** The command line tool is versioned by itself; its "latest" is not the newest of this line. */
export const CDK_CLI = '2.1148.1';

/** The one package of its kind that scripts/package made. */
export function packageFile(folder: 'js' | 'python', suffix: string): string {
  let names: string[] = [];
  try {
    names = readdirSync(join(ROOT, 'dist', folder)).filter((name) => name.endsWith(suffix));
  } catch {
    // Told below.
  }
  if (names.length !== 1) throw new Error(`dist/${folder} has ${names.length} files *${suffix}, expected one; make it with: ./scripts/package`);
  return join(ROOT, 'dist', folder, names[0]);
}

/** The first code block of the README in a language. */
export function readmeBlock(language: 'ts' | 'python'): string {
  const match = new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``).exec(readFileSync(join(ROOT, 'README.md'), 'utf8'));
  if (match === null) throw new Error(`README.md has no ${language} block`);
  return match[1];
}

/** An empty folder outside of the repository, where a user of the packages works. */
export class ScratchApp {
  public readonly folder = mkdtempSync(join(tmpdir(), 'pavi-scratch-'));

  public write(name: string, text: string): void {
    writeFileSync(join(this.folder, name), text);
  }

  /** @returns standard output; what goes wrong is thrown with all that was written */
  public run(program: string, args: string[], environment: Record<string, string> = {}): string {
    try {
      return execFileSync(program, args, {
        cwd: this.folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...environment }, maxBuffer: 64 * 1024 * 1024,
      });
    } catch (error) {
      const { stdout, stderr, status } = error as { stdout: string; stderr: string; status: number };
      throw new Error(`${program} ${args.join(' ')} ended with ${status}:\n${stdout}\n${stderr}`);
    }
  }

  public remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
