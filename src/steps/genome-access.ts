import { Token } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { WorkerOption } from '../contract/worker-command-line';

/**
 * Props of the pipeline for what a run may read from outside.
 *
 * @internal the members are those of `PaviAlignmentPipelineProps`
 */
export interface GenomeAccessProps {
  /**
   * The folders, or single files, that a genome may be read from, one or more: `https://HOST/…` or `s3://BUCKET/…`. A whole folder's
   * name counts: `https://HOST/genomes` allows `https://HOST/genomes/x.fa`, and not `https://HOST/genomes-2/x.fa`. A run with a genome
   * from elsewhere is refused with `Pavi.GenomeRefused`.
   *
   * @default - any https URL of a public host, and the genome buckets
   */
  readonly genomeSources?: string[];

  /**
   * Buckets with genomes that the runs may read by `s3://` URLs.
   *
   * @default - none
   */
  readonly genomeBuckets?: s3.IBucket[];

  /**
   * Where variants are looked up that an entry names by `variant_ids`: `https://HOST/…`, to which `/<variant id>` is added.
   *
   * @default 'https://www.alliancegenome.org/api/variant'
   */
  readonly variantApiUrl?: string;
}

/** What the retrieval jobs get for it. */
export interface GenomeAccess {
  /** Words of their command line. */
  readonly words: string[];
  /** For their role. */
  readonly statements: iam.PolicyStatement[];
}

/**
 * Of the 8,192 characters that the overrides of a job's container have, formatting included (Amazon ECS API reference, page
 * "ContainerOverride"), what the longest places of a run leave.
 */
const MAX_WORDS_CHARACTERS = 5500;

/** Checks the props and makes of them what the jobs need. */
export function genomeAccess(props: GenomeAccessProps): GenomeAccess {
  if (Token.isUnresolved(props.genomeSources)) {
    throw new Error('genomeSources must be a list whose length is known at synthesis, got a token for the whole list; '
      + 'write the list, whose texts may be tokens');
  }
  props.genomeSources?.forEach((source, index) => checkSource(`genomeSources[${index}]`, source));
  if (props.genomeSources?.length === 0) {
    throw new Error('genomeSources must name at least one source, got an empty list; leave it out for any public https host');
  }
  checkVariantApiUrl(props.variantApiUrl);
  const buckets = props.genomeBuckets ?? [];
  // Where only some sources may be read, the buckets are among them.
  const sources = props.genomeSources === undefined ? [] : [...props.genomeSources, ...buckets.map((bucket) => `s3://${bucket.bucketName}/`)];
  const words = [
    ...sources.flatMap((source) => [WorkerOption.GENOME_SOURCE, source]),
    ...(props.variantApiUrl === undefined ? [] : [WorkerOption.VARIANT_API_URL, props.variantApiUrl]),
  ];
  const { length } = JSON.stringify(words);
  if (length > MAX_WORDS_CHARACTERS) {
    throw new Error(`genomeSources, genomeBuckets and variantApiUrl must fit ${MAX_WORDS_CHARACTERS} characters of a job's command line, got ${length}; `
      + 'name fewer or shorter ones, such as a folder that several share');
  }
  return {
    words,
    statements: buckets.flatMap((bucket) => [
      new iam.PolicyStatement({ actions: ['s3:GetObject'], resources: [bucket.arnForObjects('*')] }),
      ...(bucket.encryptionKey === undefined ? [] : [new iam.PolicyStatement({ actions: ['kms:Decrypt'], resources: [bucket.encryptionKey.keyArn] })]),
    ]),
  };
}

/** The host must be whole: a prefix without the slash after it would look as if it were one of `https://genomes.org.evil.net/`. */
function checkSource(name: string, source: string): void {
  if (Token.isUnresolved(source)) return;
  if (!/^(https|s3):\/\/[A-Za-z0-9.-]+(:[0-9]+)?\/[^\s?#{}%]*$/.test(source)) {
    throw new Error(`${name} must be the beginning of a URL, https://HOST/… or s3://BUCKET/…, with the slash after the host, got "${source}"; `
      + 'for example "https://s3.amazonaws.com/agrjbrowse/fasta/"');
  }
}

function checkVariantApiUrl(url: string | undefined): void {
  if (url === undefined || Token.isUnresolved(url)) return;
  if (!/^https:\/\/[A-Za-z0-9.-]+(:[0-9]+)?(\/[^\s?#{}%]*)?$/.test(url)) {
    throw new Error(`variantApiUrl must be https://HOST/…, without a query, got "${url}"; leave it out for the Alliance of Genome Resources' API`);
  }
}
