import { execFile } from 'node:child_process';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { imageAsset } from './image-program';
import type { ImageAsset } from '../../assembly/cloud-assembly';

const execute = promisify(execFile);
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;
/** Of the engine's output, what an error shows. */
const SHOWN_CHARACTERS = 2000;

/** Whether what podman says is that this machine has no systemd, or may not raise its limits; there it can be run in another way. */
export function wantsBareMachine(message: string): boolean {
  return /rlimit|cgroup|systemd|dbus/i.test(message);
}

export interface ContainerEngineOptions {
  /** `podman` or `docker`, or the path of one of them. */
  readonly program: string;
  /** The images that the app builds. */
  readonly images: readonly ImageAsset[];
  /** Begins the names of containers and images, and their label. */
  readonly product: string;
  /** Beside those of the app, for example another base image. */
  readonly buildArgs?: Readonly<Record<string, string>>;
}

/** Podman or Docker, as the command line that both have. */
export class ContainerEngine {
  public readonly isPodman: boolean;
  private readonly ready = new Map<string, Promise<string>>();

  constructor(private readonly options: ContainerEngineOptions) {
    this.isPodman = basename(options.program).startsWith('podman');
  }

  public get program(): string {
    return this.options.program;
  }

  /** Begins the names of what it runs, and their label. */
  public get product(): string {
    return this.options.product;
  }

  /** @throws Error with what the engine wrote */
  public async run(args: readonly string[]): Promise<string> {
    try {
      return (await execute(this.options.program, args, { maxBuffer: MAX_OUTPUT_BYTES })).stdout;
    } catch (error) {
      const { stderr = '', message } = error as { stderr?: string; message: string };
      throw new Error(`${this.options.program} ${args[0]} failed: ${stderr.trim().slice(-SHOWN_CHARACTERS) || message}`);
    }
  }

  /** What a command lists, by id or name. */
  public async list(args: readonly string[]): Promise<string[]> {
    return (await this.run([...args, '--quiet'])).split('\n').filter((line) => line !== '');
  }

  /**
   * The name of an image that is there to be run: built from the app's Dockerfile or pulled, once.
   *
   * @param uri the job definition's image
   */
  public image(uri: string): Promise<string> {
    let image = this.ready.get(uri);
    if (image === undefined) {
      image = this.prepare(uri);
      this.ready.set(uri, image);
    }
    return image;
  }

  private async prepare(uri: string): Promise<string> {
    const asset = this.assetOf(uri);
    const extra = Object.entries(this.options.buildArgs ?? {});
    // The asset's tag is a digest of its content; other arguments make another image.
    const name = asset === undefined ? uri : `localhost/${this.options.product}:${[asset.imageTag, ...extra.flat()].join('-').replace(/[^\w.-]/g, '_').slice(0, 120)}`;
    if (await this.has(name)) return name;
    if (asset === undefined) {
      await this.run(['pull', uri]);
      return name;
    }
    const buildArgs = Object.entries({ ...asset.buildArgs, ...Object.fromEntries(extra) }).flatMap(([key, value]) => ['--build-arg', `${key}=${value}`]);
    const build = (isolation: readonly string[]) => this.run([
      'build', ...isolation, '--network=host', '-t', name, '-f', join(asset.directory, asset.dockerFile),
      ...asset.target === undefined ? [] : ['--target', asset.target], ...buildArgs, asset.directory,
    ]);
    try {
      await build([]);
    } catch (error) {
      if (!this.isPodman || !wantsBareMachine((error as Error).message)) throw error;
      await build(['--isolation=chroot']);
    }
    return name;
  }

  private assetOf(uri: string): ImageAsset | undefined {
    try {
      return imageAsset(uri, this.options.images);
    } catch {
      return undefined;
    }
  }

  private async has(name: string): Promise<boolean> {
    return this.run(['image', 'inspect', name]).then(() => true, () => false);
  }
}
