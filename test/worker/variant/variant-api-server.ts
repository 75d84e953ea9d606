import { createServer, IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A stand-in for the Alliance's variant API. */
export interface VariantApiServer {
  readonly url: string;
  /** The paths that were asked for, as they came. */
  readonly asked: string[];
  close(): Promise<void>;
}

/**
 * @param answers by id; an id that is not there answers 404
 * @param fault answers instead, where it returns true
 */
export async function serveVariants(
  answers: Readonly<Record<string, unknown>>, fault?: (request: IncomingMessage, response: ServerResponse, count: number) => boolean,
): Promise<VariantApiServer> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url!);
    if (fault?.(request, response, asked.length)) return;
    const [, id] = /^\/api\/variant\/([^/]*)$/.exec(request.url!) ?? [];
    const answer = id === undefined ? undefined : answers[decodeURIComponent(id)];
    response.statusCode = answer === undefined ? 404 : 200;
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(answer ?? { error: 'no such variant' }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/variant`,
    asked,
    close: () => new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    }),
  };
}
