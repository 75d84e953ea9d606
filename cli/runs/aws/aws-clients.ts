import { BatchClient } from '@aws-sdk/client-batch';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { S3Client } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';

/** Where AWS is, and as whom; what is left out is found as the AWS SDKs find it. */
export interface AwsOptions {
  readonly region?: string;
  readonly profile?: string;
  /** Of all services, instead of AWS's own: for example that of `pavi-pipeline serve`. */
  readonly endpointUrl?: string;
  /** For an answer to begin, in milliseconds. */
  readonly requestTimeout?: number;
}

const CONNECTION_TIMEOUT_MS = 5_000;
const REQUEST_TIMEOUT_MS = 30_000;

/** A client for each service that a pipeline's runs are seen by. */
export class AwsClients {
  public readonly stepFunctions: SFNClient;
  public readonly batch: BatchClient;
  public readonly cloudFormation: CloudFormationClient;
  public readonly logs: CloudWatchLogsClient;
  public readonly s3: S3Client;

  constructor({ region, profile, endpointUrl, requestTimeout = REQUEST_TIMEOUT_MS }: AwsOptions) {
    const { env } = process;
    const common = {
      // The AWS CLI and boto3 know AWS_DEFAULT_REGION, this SDK does not.
      region: region ?? (env.AWS_REGION || env.AWS_DEFAULT_REGION || undefined),
      ...profile === undefined ? {} : { profile },
      ...endpointUrl === undefined ? {} : { endpoint: endpointUrl },
      // Without them a connection that says nothing any more would be waited for without end.
      requestHandler: { connectionTimeout: CONNECTION_TIMEOUT_MS, requestTimeout, throwOnRequestTimeout: true, socketTimeout: requestTimeout },
    };
    this.stepFunctions = new SFNClient(common);
    this.batch = new BatchClient(common);
    this.cloudFormation = new CloudFormationClient(common);
    this.logs = new CloudWatchLogsClient(common);
    // Another endpoint than AWS's has no name for each bucket.
    this.s3 = new S3Client({ ...common, forcePathStyle: isElsewhere(endpointUrl) });
  }

  public destroy(): void {
    [this.stepFunctions, this.batch, this.cloudFormation, this.logs, this.s3].forEach((client) => client.destroy());
  }
}

/** Whether the services are not AWS's own, as far as the command line and the environment say. */
export function isElsewhere(endpointUrl: string | undefined): boolean {
  const { AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_S3, AWS_IGNORE_CONFIGURED_ENDPOINT_URLS } = process.env;
  if (endpointUrl !== undefined) return true;
  return AWS_IGNORE_CONFIGURED_ENDPOINT_URLS !== 'true' && (AWS_ENDPOINT_URL_S3 ?? AWS_ENDPOINT_URL) !== undefined;
}
