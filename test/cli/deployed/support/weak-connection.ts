import { AddressInfo, createServer, connect, Server, Socket } from 'node:net';

/** A connection to a server that can be cut, held up or damaged: bytes go through as they are until then. */
export class WeakConnection {
  public static async to(endpoint: string): Promise<WeakConnection> {
    const weak = new WeakConnection(Number(new URL(endpoint).port));
    await weak.restore();
    return weak;
  }

  /** Changes what the server answers. */
  public damage?: (chunk: Buffer) => Buffer;
  /** Whether what the server answers is kept from the client. */
  public isSilent = false;
  private server?: Server;
  private readonly sockets = new Set<Socket>();
  private port = 0;

  private constructor(private readonly target: number) {}

  public get endpoint(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Cuts what is open, and refuses what comes. */
  public async cut(): Promise<void> {
    const closed = new Promise<void>((resolve) => { this.server === undefined ? resolve() : this.server.close(() => resolve()); });
    this.cutOpen();
    await closed;
    this.server = undefined;
  }

  /** Cuts what is open, in the middle of whatever is being said. */
  public cutOpen(): void {
    this.sockets.forEach((socket) => socket.resetAndDestroy());
  }

  public async restore(): Promise<void> {
    const server = createServer((client) => this.join(client));
    await new Promise<void>((resolve) => server.listen(this.port, '127.0.0.1', resolve));
    this.port = (server.address() as AddressInfo).port;
    this.server = server;
  }

  private join(client: Socket): void {
    const server = connect(this.target, '127.0.0.1');
    for (const socket of [client, server]) {
      this.sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        this.sockets.delete(socket);
        client.destroy();
        server.destroy();
      });
    }
    client.pipe(server);
    server.on('data', (chunk) => {
      if (!this.isSilent) client.write(this.damage?.(chunk) ?? chunk);
    });
  }
}
