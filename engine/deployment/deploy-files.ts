import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join, relative, sep } from 'node:path';
import { DeleteObjectCommand, paginateListObjectsV2, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { unzipSync } from 'fflate';
import type { BucketDeployment, DeployedSource } from './bucket-deployment';
import { LoadError } from '../assembly/load-error';
import { writeWhole } from '../disk/write-whole';
import { matchesWildcard } from '../iam/wildcard';

/** The bytes of a file, when they are needed: there may be more of them than fit into memory at once. */
type Content = () => Buffer;

/**
 * Does what the deployments of an app to its buckets would do. Like a custom resource, one that was done before and is the same is
 * not done again: what runs and callers changed since stays as they left it.
 *
 * @param recordFile where it is written down what was done
 * @param s3 may do everything
 */
export async function deployFiles(deployments: readonly BucketDeployment[], recordFile: string, s3: S3Client): Promise<void> {
  const done: Record<string, string> = existsSync(recordFile) ? JSON.parse(readFileSync(recordFile, 'utf8')) : {};
  for (const deployment of deployments) {
    const digest = digestOf(deployment);
    if (done[deployment.name] === digest) continue;
    await deploy(deployment, s3);
    done[deployment.name] = digest;
    writeWhole(recordFile, JSON.stringify(done));
  }
}

/** Without where its files lie: another folder with the same app is the same deployment. */
function digestOf(deployment: BucketDeployment): string {
  return createHash('sha256').update(JSON.stringify(deployment, (key, value) => (key === 'path' ? undefined : value))).digest('hex');
}

async function deploy(deployment: BucketDeployment, s3: S3Client): Promise<void> {
  const { bucket: Bucket, prefix, headers, metadata: Metadata, prune } = deployment;
  const isMeant = (path: string) => deployment.filters.filter(({ pattern }) => matchesWildcard(pattern, path)).at(-1)?.isIncluded ?? true;
  const contents = new Map(deployment.sources.flatMap((source) => [...contentsOf(source)]).filter(([path]) => isMeant(path)));
  for (const [path, content] of contents) await s3.send(new PutObjectCommand({ ...headers, Bucket, Key: prefix + path, Body: content(), Metadata }));
  if (!prune) return;
  for await (const page of paginateListObjectsV2({ client: s3 }, { Bucket, Prefix: prefix })) {
    for (const { Key = '' } of page.Contents ?? []) {
      const path = Key.slice(prefix.length);
      if (!contents.has(path) && isMeant(path)) await s3.send(new DeleteObjectCommand({ Bucket, Key }));
    }
  }
}

/** By the paths that the files get below the prefix. */
function contentsOf({ asset, extract, markers }: DeployedSource): Map<string, Content> {
  const files = asset.packaging === 'zip' ? filesOf(asset.path)
    : extract ? archived(asset.path) : new Map([[basename(asset.objectKey), () => readFileSync(asset.path)]]);
  const replacements = Object.entries(markers);
  if (replacements.length === 0) return files;
  // As bytes, each of which is a character here: a file need not be UTF-8.
  const bytes = (text: string) => Buffer.from(text).toString('latin1');
  const replaced = (content: Content) => () => Buffer.from(replacements.reduce(
    (text, [marker, value]) => text.replaceAll(bytes(marker), () => bytes(value)), content().toString('latin1')), 'latin1');
  return new Map([...files].map(([path, content]) => [path, replaced(content)]));
}

function filesOf(folder: string): Map<string, Content> {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)).filter((path) => statSync(path).isFile());
  return new Map(paths.map((path) => [relative(folder, path).split(sep).join('/'), () => readFileSync(path)]));
}

/** A name in an archive is only a text here, as every key is: it cannot lead out of the bucket. */
function archived(path: string): Map<string, Content> {
  try {
    const files = Object.entries(unzipSync(readFileSync(path))).filter(([name]) => !name.endsWith('/'));
    return new Map(files.map(([name, bytes]) => [name, () => Buffer.from(bytes)]));
  } catch (error) {
    throw new LoadError(path, [`a bucket deployment is to extract it, and it is no zip archive: ${(error as Error).message}`]);
  }
}
