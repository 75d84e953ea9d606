import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, join, posix } from 'node:path';
import { Copy, DockerfileParser, Env, Instruction } from 'dockerfile-ast';
import type { ImageAsset } from '../../assembly/cloud-assembly';

/** The program that an image's container would run, with its files where they lie on this machine. */
export interface ImageProgram {
  readonly entryPoint: readonly string[];
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * Reads from the Dockerfile of an image what a process on this machine needs to be the same: entry point, command and environment; a
 * path that the Dockerfile copies from the build context becomes the file there. Of several stages the last one counts.
 *
 * @param uri the job definition's image
 * @throws Error where the app does not build the image, or its entry point is not in the exec form
 */
export function imageProgram(uri: string, assets: readonly ImageAsset[]): ImageProgram {
  const asset = imageAsset(uri, assets);
  const path = join(asset.directory, asset.dockerFile);
  const files = new CopiedFiles(asset.directory);
  let environment: Record<string, string> = {};
  let entryPoint: string[] = [];
  let command: string[] = [];
  for (const instruction of DockerfileParser.parse(readFileSync(path, 'utf8')).getInstructions()) {
    switch (instruction.getKeyword()) {
      case 'FROM':
        files.clear();
        [environment, entryPoint, command] = [{}, [], []];
        break;
      case 'WORKDIR':
        files.enter(words(instruction)[0]);
        break;
      case 'COPY':
        // What comes from another stage is not in the build context.
        if ((instruction as Copy).getFromFlag() === null) files.copy(words(instruction));
        break;
      case 'ENV':
        for (const property of (instruction as Env).getProperties()) environment[property.getName()] = property.getValue() ?? '';
        break;
      case 'ENTRYPOINT':
        entryPoint = execForm(instruction, path);
        // As Docker does it: a command that an earlier stage or line gave was for another entry point.
        command = [];
        break;
      case 'CMD':
        command = execForm(instruction, path);
        break;
      default:
    }
  }
  if (entryPoint.length + command.length === 0) throw new Error(`${path} has neither an ENTRYPOINT nor a CMD`);
  return { entryPoint: entryPoint.map((word) => files.here(word)), command: command.map((word) => files.here(word)), environment };
}

/**
 * The image's build context.
 *
 * @throws Error where the app does not build the image
 */
export function imageAsset(uri: string, assets: readonly ImageAsset[]): ImageAsset {
  // A repository's name with the account still open in it (`…-${AWS::AccountId}`) is told by the tag, which is a digest of the content.
  const asset = assets.find(({ repositoryName, imageTag }) => uri.endsWith(`:${imageTag}`)
    && (uri.includes(`/${repositoryName}:`) || repositoryName.includes('${')));
  if (asset === undefined) throw new Error(`image ${uri} is not built by this app, so there is no program to run as a process`);
  return asset;
}

/** Which files of the build context a Dockerfile puts where. */
class CopiedFiles {
  private readonly copied = new Map<string, string>();
  private workDirectory = '/';

  constructor(private readonly context: string) {}

  public clear(): void {
    this.copied.clear();
    this.workDirectory = '/';
  }

  public enter(folder: string): void {
    this.workDirectory = posix.resolve(this.workDirectory, folder);
  }

  public copy(args: readonly string[]): void {
    const target = args.at(-1)!;
    const sources = args.slice(0, -1).map((source) => join(this.context, source));
    const intoFolder = target.endsWith('/') || sources.length > 1 || target === '.';
    for (const source of sources) {
      const isFolder = existsSync(source) && statSync(source).isDirectory();
      // A folder's content is copied, not the folder.
      const place = posix.resolve(this.workDirectory, target);
      this.copied.set(intoFolder && !isFolder ? posix.join(place, basename(source)) : place, source);
    }
  }

  /** A word of the command line, with the path that it may be as it is on this machine. */
  public here(word: string): string {
    const path = posix.resolve(this.workDirectory, word);
    for (const [place, source] of this.copied) {
      if (place === path) return source;
      const inside = join(source, posix.relative(place, path));
      if (path.startsWith(place.endsWith('/') ? place : `${place}/`) && existsSync(inside)) return inside;
    }
    return word;
  }
}

function words(instruction: Instruction): string[] {
  return instruction.getArguments().map((argument) => argument.getValue());
}

/** The exec form is JSON: it is read as that, for the parser's own words lose a blank before a `$`. */
function execForm(instruction: Instruction, path: string): string[] {
  const text = (instruction.getRawArgumentsContent() ?? '').replace(/\\\r?\n/g, '');
  try {
    const given: unknown = JSON.parse(text);
    if (Array.isArray(given) && given.length > 0 && given.every((word) => typeof word === 'string')) return given;
  } catch {
    // Said below, as any other text that is no list of words.
  }
  throw new Error(`${path}: ${instruction.getKeyword()} must be in the exec form, ["PROGRAM", "ARGUMENT"]; it is: ${text}`);
}
