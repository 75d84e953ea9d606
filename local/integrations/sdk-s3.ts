import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { StatesError, TaskIntegration } from '../asl/task-integration';

type Send = (client: S3Client, args: any, signal: AbortSignal) => Promise<object>;

/** The operations that pipelines of this kind call; a Task with another one is refused when the template is loaded. */
const OPERATIONS: Readonly<Record<string, Send>> = {
  getObject: async (client, args, abortSignal) => {
    const answer = await client.send(new GetObjectCommand(args), { abortSignal });
    return { ...answer, Body: await answer.Body?.transformToString('utf8') };
  },
  putObject: (client, args, abortSignal) => client.send(new PutObjectCommand(withText(args)), { abortSignal }),
  listObjectsV2: (client, args, abortSignal) => client.send(new ListObjectsV2Command(args), { abortSignal }),
};

/**
 * `arn:aws:states:::aws-sdk:s3:OPERATION`: the call as the client's principal.
 *
 * @returns undefined where the operation is not supported
 */
export function sdkS3(operation: string, client: S3Client): TaskIntegration | undefined {
  const send = OPERATIONS[operation];
  if (send === undefined) return undefined;
  return async (args, context) => {
    try {
      const { $metadata, ...result } = await send(client, args, context.signal) as Record<string, unknown>;
      // Dates as texts, and without what is undefined: as Step Functions gives it.
      return JSON.parse(JSON.stringify(result));
    } catch (error) {
      throw asStatesError(error);
    }
  };
}

/** A Body that is no text is written as JSON. */
function withText(args: Record<string, unknown>): any {
  return typeof args.Body === 'object' ? { ...args, Body: JSON.stringify(args.Body) } : args;
}

/** Step Functions names an error as the SDK for Java names its exception: one of its own for a modelled error, else the service's. */
function asStatesError(error: unknown): unknown {
  const { name, message, $metadata } = error as { name: string; message: string; $metadata?: { httpStatusCode?: number; requestId?: string } };
  if ($metadata?.httpStatusCode === undefined) return error;
  const exception = ['NoSuchKey', 'NoSuchBucket', 'InvalidObjectState'].includes(name) ? `${name}Exception` : 'S3Exception';
  return new StatesError(`S3.${exception}`, `${message} (Service: S3, Status Code: ${$metadata.httpStatusCode}, Request ID: ${$metadata.requestId ?? 'none'})`);
}
