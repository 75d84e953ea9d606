import { createServer, IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Asked {
  readonly path: string;
  /** First and last byte of the range, where one was asked for. */
  readonly range?: readonly [first: number, last: number];
  /** How many requests for this path came before. */
  readonly before: number;
}

export type Fault = (asked: Asked, response: ServerResponse, request: IncomingMessage) => 'answered' | undefined;

/** A web server of files that can answer ranges, as S3 and most others do. */
export interface RangeServer {
  readonly url: string;
  /** By path, with its slash. */
  readonly files: Map<string, Buffer>;
  readonly asked: Asked[];
  /** How many requests were under way at once, at most. */
  mostAtOnce: number;
  /** Answers in the server's place, or returns undefined. */
  fault?: Fault;
  /** @default 0 */
  latencyMs: number;
  close(): Promise<void>;
}

export async function startRangeServer(): Promise<RangeServer> {
  const files = new Map<string, Buffer>();
  const asked: Asked[] = [];
  let atOnce = 0;
  const server = createServer((request, response) => {
    const [path] = request.url!.split('?');
    const match = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '');
    const one: Asked = {
      path, range: match === null ? undefined : [Number(match[1]), Number(match[2])], before: asked.filter((earlier) => earlier.path === path).length,
    };
    asked.push(one);
    atOnce += 1;
    running.mostAtOnce = Math.max(running.mostAtOnce, atOnce);
    response.on('close', () => { atOnce -= 1; });
    setTimeout(() => {
      if (running.fault?.(one, response, request) !== 'answered') answer(files.get(path), one, response);
    }, running.latencyMs);
  });
  const running: { -readonly [K in keyof RangeServer]: RangeServer[K] } = {
    url: '',
    files,
    asked,
    mostAtOnce: 0,
    latencyMs: 0,
    close: () => new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    }),
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  running.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return running;
}

/** What the server answers without a fault. */
export function answer(content: Buffer | undefined, { range }: Asked, response: ServerResponse, headers: Record<string, string> = {}): 'answered' {
  if (content === undefined) {
    response.writeHead(404).end('no such file');
  } else if (range === undefined) {
    response.writeHead(200, { 'etag': '"1"', 'content-length': content.length, ...headers }).end(content);
  } else if (range[0] >= content.length) {
    response.writeHead(416, { 'content-range': `bytes */${content.length}` }).end();
  } else {
    const body = content.subarray(range[0], range[1] + 1);
    response.writeHead(206, {
      'etag': '"1"', 'content-length': body.length, 'content-range': `bytes ${range[0]}-${range[0] + body.length - 1}/${content.length}`, ...headers,
    }).end(body);
  }
  return 'answered';
}
