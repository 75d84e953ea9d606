import { BUCKET_NAME } from '../object-store';
import { S3Error } from '../s3-error';
import { toXml } from '../xml';
import { authorize, Operation } from './call';

export const listBuckets: Operation = async (call) => {
  authorize(call, 's3:ListAllMyBuckets', '');
  const Bucket = call.buckets.names().map((Name) => ({ Name, CreationDate: new Date(0).toISOString() }));
  return { status: 200, body: toXml('ListAllMyBucketsResult', { Buckets: { Bucket } }) };
};

export const headBucket: Operation = async (call) => {
  call.buckets.get(call.request.bucket);
  authorize(call, 's3:ListBucket', call.request.bucket);
  return { status: 200, headers: { 'x-amz-bucket-region': call.region } };
};

export const getBucketLocation: Operation = async (call) => {
  call.buckets.get(call.request.bucket);
  authorize(call, 's3:GetBucketLocation', call.request.bucket);
  // The oldest region's name is the empty text.
  return { status: 200, body: toXml('LocationConstraint', call.region === 'us-east-1' ? {} : { '#text': call.region }) };
};

export const createBucket: Operation = async (call) => {
  const { bucket } = call.request;
  authorize(call, 's3:CreateBucket', bucket);
  if (!BUCKET_NAME.test(bucket)) throw new S3Error('InvalidBucketName', 400, 'The specified bucket is not valid.', { BucketName: bucket });
  if (!call.buckets.create(bucket)) {
    throw new S3Error('BucketAlreadyOwnedByYou', 409, 'Your previous request to create the named bucket succeeded and you already own it.', { BucketName: bucket });
  }
  return { status: 200, headers: { location: `/${bucket}` } };
};
