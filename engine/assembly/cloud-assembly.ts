import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { LoadError } from './load-error';

export interface Template {
  readonly Transform?: unknown;
  readonly Resources?: Readonly<Record<string, TemplateResource>>;
  readonly Parameters?: Readonly<Record<string, { readonly Type: string; readonly Default?: unknown }>>;
  readonly Mappings?: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>;
  readonly Conditions?: Readonly<Record<string, unknown>>;
  readonly Outputs?: Readonly<Record<string, TemplateOutput>>;
}

export interface TemplateOutput {
  readonly Value: unknown;
  readonly Condition?: string;
  readonly Export?: { readonly Name: unknown };
}

export interface TemplateResource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
  readonly Condition?: string;
}

/** A Docker image that the app builds: where its build context lies. */
export interface ImageAsset {
  readonly repositoryName: string;
  readonly imageTag: string;
  readonly directory: string;
  readonly dockerFile: string;
  readonly buildArgs?: Readonly<Record<string, string>>;
  /** The stage that is built, where it is not the last. */
  readonly target?: string;
}

/** A file or folder that the app publishes: where it lies. */
export interface FileAsset {
  readonly objectKey: string;
  readonly path: string;
  /** `zip`: what lies at the path is a folder, and becomes an archive; `file`: it is published as it is. */
  readonly packaging: 'zip' | 'file';
}

export interface AssemblyStack {
  readonly name: string;
  readonly template: Template;
  readonly images: readonly ImageAsset[];
  readonly files: readonly FileAsset[];
  /** Where the app says it; it may leave either open. */
  readonly account?: string;
  readonly region?: string;
}

interface Artifact {
  readonly type: string;
  readonly environment?: string;
  readonly properties?: { readonly templateFile?: string; readonly file?: string; readonly stackName?: string; readonly directoryName?: string };
  readonly dependencies?: readonly string[];
}

interface AssetManifest {
  readonly files?: Readonly<Record<string, {
    readonly source: { readonly path?: string; readonly packaging?: string };
    readonly destinations: Readonly<Record<string, { readonly objectKey: string }>>;
  }>>;
  readonly dockerImages?: Readonly<Record<string, {
    readonly source: {
      readonly directory?: string;
      readonly dockerFile?: string;
      readonly dockerBuildArgs?: Readonly<Record<string, string>>;
      readonly dockerBuildTarget?: string;
    };
    readonly destinations: Readonly<Record<string, { readonly repositoryName: string; readonly imageTag: string }>>;
  }>>;
}

/**
 * Reads what `cdk synth` wrote.
 *
 * @param folder the cloud assembly, usually `cdk.out`
 * @throws LoadError where it is none
 */
export function readAssembly(folder: string): AssemblyStack[] {
  const stacks = stacksOf(folder);
  if (stacks.length === 0) throw new LoadError(folder, ['the cloud assembly has no stack; run cdk synth on an app with one']);
  return stacks;
}

/** The stacks of an assembly, and of those that lie in it: one for each stage of the app. */
function stacksOf(folder: string): AssemblyStack[] {
  const { artifacts = {} } = readJson(folder, 'manifest.json') as { artifacts?: Record<string, Artifact> };
  const ofType = (type: string) => Object.entries(artifacts).filter(([, artifact]) => artifact.type === type);
  const nested = ofType('cdk:cloud-assembly').flatMap(([id, { properties }]) => stacksOf(join(folder, properties?.directoryName ?? id)));
  return [...nested, ...ofType('aws:cloudformation:stack').map(([id, artifact]) => {
    const manifests = (artifact.dependencies ?? [])
      .map((dependency) => artifacts[dependency])
      .filter((dependency) => dependency?.type === 'cdk:asset-manifest')
      .map((dependency) => readJson(folder, dependency.properties!.file!) as AssetManifest);
    return {
      name: artifact.properties?.stackName ?? id,
      ...environmentOf(artifact.environment),
      template: readJson(folder, artifact.properties?.templateFile ?? `${id}.template.json`) as Template,
      images: manifests.flatMap((manifest) => imageAssets(folder, manifest)),
      files: manifests.flatMap((manifest) => fileAssets(folder, manifest)),
    };
  })];
}

/** `aws://ACCOUNT/REGION`, either of them `unknown-…` where the app leaves it open. */
function environmentOf(text: string | undefined): { account?: string; region?: string } {
  const [, account, region] = /^aws:\/\/([^/]+)\/([^/]+)$/.exec(text ?? '') ?? [];
  return {
    ...account === undefined || account === 'unknown-account' ? {} : { account },
    ...region === undefined || region === 'unknown-region' ? {} : { region },
  };
}

function imageAssets(folder: string, manifest: AssetManifest): ImageAsset[] {
  return Object.values(manifest.dockerImages ?? {}).flatMap(({ source, destinations }) => {
    const { directory, dockerFile = 'Dockerfile', dockerBuildArgs: buildArgs, dockerBuildTarget: target } = source;
    // An image that a command of the app makes has no folder; a job that uses it is refused when it is loaded.
    if (directory === undefined) return [];
    return Object.values(destinations)
      .map(({ repositoryName, imageTag }) => ({ repositoryName, imageTag, directory: resolve(folder, directory), dockerFile, buildArgs, target }));
  });
}

function fileAssets(folder: string, manifest: AssetManifest): FileAsset[] {
  return Object.values(manifest.files ?? {}).flatMap(({ source: { path, packaging = 'file' }, destinations }) => {
    // One that a command of the app makes lies nowhere; a deployment that uses it is refused when it is loaded.
    if (path === undefined || (packaging !== 'zip' && packaging !== 'file')) return [];
    return Object.values(destinations).map(({ objectKey }) => ({ objectKey, path: resolve(folder, path), packaging }));
  });
}

function readJson(folder: string, file: string): unknown {
  try {
    return JSON.parse(readFileSync(join(folder, file), 'utf8'));
  } catch (error) {
    throw new LoadError(folder, [`${file} cannot be read (${(error as Error).message}); give --app the folder that cdk synth wrote, usually cdk.out`]);
  }
}
