import type { Readable } from 'node:stream';
import {
  CopyObjectCommand, DeleteObjectCommand, DeleteObjectsCommand, GetObjectCommand, GetObjectCommandOutput, HeadObjectCommand, ListObjectsV2Command,
  PutObjectCommand, S3Client,
} from '@aws-sdk/client-s3';
import { StatesError, TaskIntegration } from '../asl/visit/task-integration';

type Send = (client: S3Client, args: any, signal: AbortSignal) => Promise<object>;

/** The operations that pipelines of this kind call; a Task with another one is refused when the template is loaded. */
const OPERATIONS: Readonly<Record<string, Send>> = {
  getObject: async (client, args, abortSignal) => {
    const command = new GetObjectCommand(args);
    // A connection that breaks is told by the promise, and also by an event that would end this process if nobody listened; it may come
    // before the answer is handed over.
    command.middlewareStack.add((next) => async (request) => {
      const result = await next(request);
      const { Body } = result.output as GetObjectCommandOutput;
      (Body as Readable | undefined)?.on('error', () => undefined);
      return result;
    }, { step: 'deserialize', priority: 'high', name: 'listenForErrors' });
    const answer = await client.send(command, { abortSignal });
    return { ...answer, Body: await answer.Body?.transformToString('utf8') };
  },
  headObject: (client, args, abortSignal) => client.send(new HeadObjectCommand(args), { abortSignal }),
  putObject: (client, args, abortSignal) => client.send(new PutObjectCommand(withText(args)), { abortSignal }),
  copyObject: (client, args, abortSignal) => client.send(new CopyObjectCommand(args), { abortSignal }),
  deleteObject: (client, args, abortSignal) => client.send(new DeleteObjectCommand(args), { abortSignal }),
  deleteObjects: (client, args, abortSignal) => client.send(new DeleteObjectsCommand(args), { abortSignal }),
  listObjectsV2: (client, args, abortSignal) => client.send(new ListObjectsV2Command(args), { abortSignal }),
};

/** Errors that the SDK for Java has a class for; a HEAD's answer has no words, so that one is told by its status. */
const MODELLED: Readonly<Record<string, string>> = {
  NoSuchKey: 'NoSuchKeyException', NotFound: 'NoSuchKeyException', NoSuchBucket: 'NoSuchBucketException', InvalidObjectState: 'InvalidObjectStateException',
};

/** `arn:aws:states:::aws-sdk:s3:OPERATION`: the call as the client's principal. */
export const SDK_S3: Readonly<Record<string, (client: S3Client) => TaskIntegration>> = Object.fromEntries(
  Object.entries(OPERATIONS).map(([operation, send]) => [operation, (client: S3Client): TaskIntegration => async (args, context) => {
    try {
      const { $metadata, ...result } = await send(client, args, context.signal) as Record<string, unknown>;
      return asJson(result);
    } catch (error) {
      throw asStatesError(error);
    }
  }]));

/** A Body that is no text is written as JSON. */
function withText(args: Record<string, unknown>): any {
  return typeof args.Body === 'object' ? { ...args, Body: JSON.stringify(args.Body) } : args;
}

/** As Step Functions gives it: without what is undefined, and dates as texts, which for whole seconds have no fraction. */
function asJson(value: unknown): unknown {
  if (value instanceof Date) return value.toISOString().replace('.000Z', 'Z');
  if (Array.isArray(value)) return value.map(asJson);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined).map(([key, item]) => [key, asJson(item)]));
}

/** Step Functions names an error as the SDK for Java names its exception: one of its own for a modelled error, else the service's. */
function asStatesError(error: unknown): unknown {
  const { name, message, $metadata } = error as { name: string; message: string; $metadata?: { httpStatusCode?: number; requestId?: string } };
  if (name === 'AbortError') return error;
  // No answer, or half of one.
  if ($metadata?.httpStatusCode === undefined) return new StatesError('S3.SdkClientException', `Unable to execute HTTP request: ${message}`);
  const exception = MODELLED[name] ?? 'S3Exception';
  return new StatesError(`S3.${exception}`, `${message} (Service: S3, Status Code: ${$metadata.httpStatusCode}, Request ID: ${$metadata.requestId ?? 'none'})`);
}
