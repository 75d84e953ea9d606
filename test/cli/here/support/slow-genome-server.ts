import { createReadStream, statSync } from 'node:fs';
import { createServer, Server } from 'node:http';
import { AddressInfo } from 'node:net';
import { SAMPLE_GENOME } from './sample-run';

/** Serves the sample's genome by range; answers for its sequence wait until they are let go, so that jobs can be caught at work. */
export class SlowGenomeServer {
  public static async start(): Promise<SlowGenomeServer> {
    const slow = new SlowGenomeServer();
    await new Promise<void>((resolve) => slow.server.listen(0, '127.0.0.1', resolve));
    return slow;
  }

  private readonly server: Server;
  private waiting: (() => void)[] = [];
  private open = false;

  private constructor() {
    this.server = createServer((request, response) => {
      const suffix = /\.(fai|gzi)$/.exec(request.url!)?.[0] ?? '';
      const path = SAMPLE_GENOME + suffix;
      const { size } = statSync(path);
      const answer = () => {
        const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '');
        const [start, end] = range === null ? [0, size - 1] : [Number(range[1]), Math.min(Number(range[2]), size - 1)];
        response.writeHead(range === null ? 200 : 206, {
          'content-length': end - start + 1, ...range === null ? {} : { 'content-range': `bytes ${start}-${end}/${size}` },
        });
        createReadStream(path, { start, end }).pipe(response);
      };
      if (suffix !== '' || this.open) answer();
      else this.waiting.push(answer);
    });
  }

  public get genome(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/genome.fna.gz`;
  }

  /** How many requests for sequence wait. */
  public get held(): number {
    return this.waiting.length;
  }

  /** Answers what waits, and everything from now on. */
  public letGo(): void {
    this.open = true;
    this.waiting.forEach((answer) => answer());
    this.waiting = [];
  }

  public close(): Promise<void> {
    return new Promise((resolve) => {
      this.server.close(() => resolve());
      this.server.closeAllConnections();
    });
  }
}
