import { PRODUCT } from '../../../../cli/here/product';
import { AwsServer, startAwsServer } from '../../../../engine/endpoint/server';
import { s3Service, S3ServiceOptions } from '../../../../engine/s3/s3-service';

export interface S3Server extends AwsServer {
  createBucket(name: string): void;
}

/** The endpoint that a run has, with S3 as its only service. */
export async function serveS3(options: S3ServiceOptions): Promise<S3Server> {
  const s3 = s3Service(options);
  const { region, findCredentials } = options;
  const server = await startAwsServer({ port: 0, region, findCredentials, s3, services: {}, product: PRODUCT });
  return { ...server, createBucket: (name) => s3.createBucket(name) };
}
