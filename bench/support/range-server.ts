import { createReadStream, statSync } from 'node:fs';
import { createServer, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Network {
  /** Before each answer begins. */
  readonly latencyMs: number;
  /** Of all answers together; undefined: as fast as it goes. */
  readonly bitsPerSecond?: number;
}

export interface RangeServer {
  readonly url: string;
  network: Network;
  /** What was sent, headers left out. */
  sent: { bytes: number; requests: number };
  close(): Promise<void>;
}

const CHUNK_BYTES = 64 * 1024;

/** Serves a folder's files on loopback, whole or by range, over a network that is as slow as it is told to be. */
export async function startRangeServer(folder: string): Promise<RangeServer> {
  let freeAt = 0;
  const state = { network: { latencyMs: 0 } as Network, sent: { bytes: 0, requests: 0 } };
  const throttled = async (bytes: number) => {
    const { bitsPerSecond } = state.network;
    if (bitsPerSecond === undefined) return;
    freeAt = Math.max(freeAt, performance.now()) + bytes * 8000 / bitsPerSecond;
    const wait = freeAt - performance.now();
    if (wait > 1) await sleep(wait);
  };
  const send = async (path: string, range: string | undefined, response: ServerResponse) => {
    const { size } = statSync(path);
    const [from, to] = /^bytes=(\d+)-(\d+)$/.exec(range ?? '')?.slice(1).map(Number) ?? [0, size - 1];
    const end = Math.min(to, size - 1);
    state.sent.requests += 1;
    await sleep(state.network.latencyMs);
    response.writeHead(range === undefined ? 200 : 206, {
      'content-length': end - from + 1,
      'accept-ranges': 'bytes',
      'etag': '"1"',
      ...range === undefined ? {} : { 'content-range': `bytes ${from}-${end}/${size}` },
    });
    for await (const chunk of createReadStream(path, { start: from, end, highWaterMark: CHUNK_BYTES }) as AsyncIterable<Buffer>) {
      await throttled(chunk.length);
      state.sent.bytes += chunk.length;
      if (!response.write(chunk)) await new Promise((resolve) => response.once('drain', resolve));
    }
    response.end();
  };
  const server = createServer((request, response) => {
    send(join(folder, basename(request.url!)), request.headers.range, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return Object.assign(state, {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    }),
  });
}
