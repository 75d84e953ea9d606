import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DockerfileParser, JSONInstruction } from 'dockerfile-ast';
import type { ImageAsset } from '../assembly/cloud-assembly';

/** The program that an image's container would run, with its files where they lie on this machine. */
export interface ImageProgram {
  readonly entryPoint: readonly string[];
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * Reads from the Dockerfile of an image what a process on this machine needs to be the same: entry point, command and environment; a
 * path that the Dockerfile copies from the build context becomes the file there.
 *
 * @param uri the job definition's image
 * @throws Error where the app does not build the image, or its entry point is not in the exec form
 */
export function imageProgram(uri: string, assets: readonly ImageAsset[]): ImageProgram {
  const asset = assets.find(({ repositoryName, imageTag }) => uri.endsWith(`:${imageTag}`) && (uri.includes(`/${repositoryName}:`) || repositoryName.includes('${')));
  if (asset === undefined) {
    throw new Error(`image ${uri} is not built by this app, so there is no program to run as a process`);
  }
  const path = join(asset.directory, asset.dockerFile);
  const copied = new Map<string, string>();
  const environment: Record<string, string> = {};
  let entryPoint: string[] = [];
  let command: string[] = [];
  for (const instruction of DockerfileParser.parse(readFileSync(path, 'utf8')).getInstructions()) {
    const args = instruction.getArguments().map((argument) => argument.getValue());
    switch (instruction.getKeyword()) {
      case 'COPY':
        if (args.length === 2) copied.set(args[1], join(asset.directory, args[0]));
        break;
      case 'ENV':
        for (const arg of args.filter((text) => text.includes('='))) environment[arg.slice(0, arg.indexOf('='))] = arg.slice(arg.indexOf('=') + 1);
        break;
      case 'ENTRYPOINT':
        entryPoint = execForm(instruction as JSONInstruction, path);
        break;
      case 'CMD':
        command = execForm(instruction as JSONInstruction, path);
        break;
      default:
    }
  }
  if (entryPoint.length + command.length === 0) throw new Error(`${path} has neither an ENTRYPOINT nor a CMD`);
  const local = (word: string) => copied.get(word) ?? word;
  return { entryPoint: entryPoint.map(local), command: command.map(local), environment };
}

function execForm(instruction: JSONInstruction, path: string): string[] {
  const words = instruction.getJSONStrings().map((word) => JSON.parse(word.getValue()) as string);
  if (words.length === 0) throw new Error(`${path}: ${instruction.getKeyword()} must be in the exec form, ["PROGRAM", "ARGUMENT"]`);
  return words;
}
