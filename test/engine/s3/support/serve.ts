// Serves a folder until it is killed; prints the endpoint.
import { OWNER, REGION } from './local-s3';
import { serveS3 } from './serve-s3';

void serveS3({
  folder: process.argv[2], findCredentials: (id) => id === OWNER.accessKeyId ? OWNER : undefined, region: REGION, bucketPolicy: () => undefined,
}).then(({ endpoint }) => console.log(endpoint));
