import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { StoragePrefix } from '../contract/storage-keys';

export type ObjectAction = 's3:GetObject' | 's3:PutObject';

/** What KMS must allow for what S3 does with objects that a key encrypts. */
const KEY_ACTIONS: { readonly [action in ObjectAction]: string[] } = {
  's3:GetObject': ['kms:Decrypt'],
  // An upload in parts reads what it wrote (Amazon S3 user guide, page "Protecting data with SSE-KMS").
  's3:PutObject': ['kms:GenerateDataKey', 'kms:Decrypt'],
};

/** The places of the runs in the work bucket, and what a role needs to reach them. */
export class RunStorage {
  public readonly inputs: string;
  public readonly work: string;
  public readonly results: string;

  /** @param keyPrefix stands before every key; empty, or with a `/` at its end */
  constructor(public readonly bucket: s3.IBucket, keyPrefix: string) {
    this.inputs = `${keyPrefix}${StoragePrefix.INPUTS}`;
    this.work = `${keyPrefix}${StoragePrefix.WORK}`;
    this.results = `${keyPrefix}${StoragePrefix.RESULTS}`;
  }

  /** The key that encrypts the bucket, where it is known. */
  public get key(): kms.IKey | undefined {
    return this.bucket.encryptionKey;
  }

  /** The keys of one name in every run's work folder, for a statement. */
  public workOf(name: string): string {
    return `${this.work}*/${name}`;
  }

  /** The keys of one name in every run's results, for a statement. */
  public resultsOf(name: string): string {
    return `${this.results}*/${name}`;
  }

  /**
   * What lets a role do this with the objects that the keys match, `*` standing for the run and for files. IAM's `*` matches slashes
   * too, so these are the runs of one pipeline together, not one run: a job role cannot know its run.
   */
  public objects(action: ObjectAction, ...keys: string[]): iam.PolicyStatement[] {
    const objects = new iam.PolicyStatement({ actions: [action], resources: keys.map((key) => this.bucket.arnForObjects(key)) });
    return [objects, ...(this.key === undefined ? [] : [new iam.PolicyStatement({ actions: KEY_ACTIONS[action], resources: [this.key.keyArn] })])];
  }

  /** What lets a role list the keys of runs, and no others. */
  public listWork(): iam.PolicyStatement {
    return new iam.PolicyStatement({
      actions: ['s3:ListBucket'],
      resources: [this.bucket.bucketArn],
      conditions: { StringLike: { 's3:prefix': `${this.work}*` } },
    });
  }

  /** Lets a principal do this with the objects below a prefix; their key included. */
  public grant(grantee: iam.IGrantable, action: ObjectAction, prefix: string): iam.Grant {
    const objects = iam.Grant.addToPrincipalOrResource({
      grantee,
      actions: [action],
      resourceArns: [this.bucket.arnForObjects(`${prefix}*`)],
      resource: this.bucket,
    });
    return this.key === undefined ? objects : objects.combine(this.key.grant(grantee, ...KEY_ACTIONS[action]));
  }
}
