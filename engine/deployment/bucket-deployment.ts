import { existsSync } from 'node:fs';
import type { FileAsset } from '../assembly/cloud-assembly';
import type { Resource } from '../assembly/stack-resources';

/** Files of the app that a deployment puts into a bucket. */
export interface BucketDeployment {
  /** Of the resource, in the whole assembly. */
  readonly name: string;
  readonly bucket: string;
  /** Empty, or with a slash at its end. */
  readonly prefix: string;
  /** A later one's file replaces an earlier one's of the same name. */
  readonly sources: readonly DeployedSource[];
  /** As `aws s3 sync` has them: the last that matches a file's path decides. */
  readonly filters: readonly { readonly pattern: string; readonly isIncluded: boolean }[];
  /** Whether what else lies below the prefix is removed. */
  readonly prune: boolean;
  /** What PutObject gets beside the bytes. */
  readonly headers: Readonly<Record<string, string>>;
  readonly metadata: Readonly<Record<string, string>>;
}

export interface DeployedSource {
  readonly asset: FileAsset;
  /** Whether an archive's files are put there, rather than the archive. */
  readonly extract: boolean;
  /** Texts in the files that are replaced. */
  readonly markers: Readonly<Record<string, string>>;
}

const KNOWN = ['ServiceToken', 'SourceBucketNames', 'SourceObjectKeys', 'SourceMarkers', 'SourceMarkersConfig', 'DestinationBucketName', 'DestinationBucketKeyPrefix',
  'DestinationBucketArn', 'Extract', 'Prune', 'Exclude', 'Include', 'SystemMetadata', 'UserMetadata', 'OutputObjectKeys', 'RetainOnDelete', 'SignContent',
  // These are of another service, which nobody plays here, or speak of how the function waits for it.
  'WaitForDistributionInvalidation', 'DistributionId', 'DistributionPaths', 'ServiceTimeout'];

/** Options of `aws s3 sync` that an object shows; the others (access rights, storage class, encryption) have no effect here. */
const HEADERS: Readonly<Record<string, string>> = {
  'cache-control': 'CacheControl',
  'content-disposition': 'ContentDisposition',
  'content-encoding': 'ContentEncoding',
  'content-language': 'ContentLanguage',
  'content-type': 'ContentType',
};

/**
 * What the CDK's construct BucketDeployment (module aws-s3-deployment) would do when its custom resource is deployed.
 *
 * @param files of the app
 * @returns no deployment where there are problems
 */
export function bucketDeployment(
  { logicalId, ref, properties }: Resource, files: readonly FileAsset[],
): { deployment?: BucketDeployment; problems: string[] } {
  const problems = Object.keys(properties).filter((name) => !KNOWN.includes(name)).map((name) => `${logicalId}: the property ${name} of a bucket deployment is not supported`);
  const list = (name: string): any[] => properties[name] ?? [];
  const extract = isTrue(properties.Extract, true);
  const sources = list('SourceObjectKeys').flatMap((key: string, index): DeployedSource[] => {
    const asset = files.find(({ objectKey }) => objectKey === key);
    const problem = asset === undefined ? `${key} is no asset of the app` : unusable(asset, extract);
    if (problem !== undefined) problems.push(`${logicalId}: ${problem}`);
    const escape = isTrue(list('SourceMarkersConfig')[index]?.jsonEscape, false);
    return asset === undefined ? [] : [{ asset, extract, markers: markersOf(list('SourceMarkers')[index] ?? {}, escape) }];
  });
  const filters = [['Exclude', false], ['Include', true]].flatMap(([name, isIncluded]) =>
    list(name as string).map((pattern: string) => ({ pattern, isIncluded: isIncluded as boolean })));
  for (const { pattern } of filters) if (/[[\]]/.test(pattern)) problems.push(`${logicalId}: the filter "${pattern}" is not supported; only * and ? are`);
  if (problems.length > 0) return { problems };
  const prefix = String(properties.DestinationBucketKeyPrefix ?? '').replace(/\/$/, '');
  return {
    problems,
    deployment: {
      name: ref,
      bucket: properties.DestinationBucketName,
      prefix: prefix === '' ? '' : `${prefix}/`,
      sources,
      filters,
      prune: isTrue(properties.Prune, true),
      headers: Object.fromEntries(lowerCased(properties.SystemMetadata)
        .flatMap(([name, value]) => (Object.hasOwn(HEADERS, name) ? [[HEADERS[name], value]] : []))),
      metadata: Object.fromEntries(lowerCased(properties.UserMetadata)),
    },
  };
}

function unusable({ path, packaging, objectKey }: FileAsset, extract: boolean): string | undefined {
  if (!existsSync(path)) return `the asset ${path} is not there; run cdk synth again`;
  return packaging === 'zip' && !extract ? `${objectKey} is an archive that only a publication makes; without "extract", a source must be a file` : undefined;
}

/** Text in a file of JSON is written as JSON has it. */
function markersOf(markers: Record<string, string>, jsonEscape: boolean): Record<string, string> {
  if (!jsonEscape) return markers;
  return Object.fromEntries(Object.entries(markers).map(([marker, value]) => [marker, typeof value === 'string' ? JSON.stringify(value).slice(1, -1) : JSON.stringify(value)]));
}

function lowerCased(given: Readonly<Record<string, string>> = {}): [string, string][] {
  return Object.entries(given).map(([name, value]) => [name.toLowerCase(), value]);
}

/** CloudFormation gives a custom resource its booleans as texts. */
function isTrue(value: unknown, byDefault: boolean): boolean {
  return value === undefined ? byDefault : String(value).toLowerCase() === 'true';
}
