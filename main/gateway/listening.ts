/** Where the gateway listens: where its owner said, and on this machine alone while a rule for everyone says so. */
import { setTimeout } from 'node:timers/promises';
import type { LogPort, Snapshot } from './ports.ts';
import { isLoopback, listen, type DataPort, type ListenOptions } from './server.ts';

export interface ListeningOptions {
  readonly snapshot: Snapshot;
  /** Override what snapshots say. */
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  readonly handle: ListenOptions['handle'];
  readonly log: LogPort;
  /** It listens on another host now. */
  readonly onMoved: (moved: Listening) => void;
}

const thisMachine = '127.0.0.1';
const retryAfterMs = 250;
/** Half a minute: then the next snapshot asks for it again. */
const mostTries = 120;

/** The socket that is open stays as it is, whatever the file says meanwhile, but for that rule. */
export class Listening {
  readonly #options: ListeningOptions;
  readonly #left: DataPort[] = [];
  /** Where its owner said; unknown while a rule has only ever let it be this machine. */
  #own: string | undefined;
  #wanted: string;
  #host: string;
  #port: DataPort;
  #turn: Promise<void> = Promise.resolve();
  #isOver = false;

  /** Rejects with `BindError` when the port cannot be had. */
  static async open(options: ListeningOptions): Promise<Listening> {
    const { snapshot } = options;
    const own = options.host ?? (isRestricted(snapshot) ? undefined : snapshot.listen.host);
    const host = hostFor(snapshot, own);
    const port = await listen({ host, port: options.port ?? snapshot.listen.port, handle: options.handle });
    return new Listening(options, { own, host, port });
  }

  private constructor(
    options: ListeningOptions,
    { own, host, port }: { readonly own: string | undefined; readonly host: string; readonly port: DataPort },
  ) {
    this.#options = options;
    this.#own = own;
    this.#wanted = host;
    this.#host = host;
    this.#port = port;
  }

  get urls(): readonly string[] {
    return this.#port.urls;
  }

  get port(): number {
    return this.#port.port;
  }

  get host(): string {
    return this.#host;
  }

  /** Where other machines may not listen in any more they are shut out before this returns; the port on this machine follows. */
  apply(snapshot: Snapshot): void {
    if (!isRestricted(snapshot)) this.#own ??= snapshot.listen.host;
    const wanted = hostFor(snapshot, this.#own);
    if (wanted === this.#wanted && wanted === this.#host) return;
    this.#wanted = wanted;
    if (!isLoopback(this.#host) && isLoopback(wanted)) this.#port.withdraw();
    this.#turn = this.#turn.then(() => this.#follow());
  }

  /** Stops accepting; open connections finish what they are at. */
  stopAccepting(): void {
    this.#isOver = true;
    this.#port.stopAccepting();
  }

  /** Ends every connection. */
  async end(): Promise<void> {
    await this.#turn;
    for (const port of [...this.#left, this.#port]) port.destroy();
  }

  async #follow(): Promise<void> {
    while (!this.#isOver && this.#host !== this.#wanted) {
      const { port } = this.#port;
      const wanted = this.#wanted;
      this.#leave();
      const opened = await this.#open(wanted, port);
      if (opened === undefined) return;
      this.#port = opened.port;
      this.#host = opened.host;
      this.#options.onMoved(this);
      if (this.#isOver) opened.port.stopAccepting();
      // What its owner wants could not be had: the next snapshot asks for it again.
      if (opened.host !== wanted) return;
    }
  }

  #leave(): void {
    const gone = this.#left.findIndex((port) => !port.isInUse);
    if (gone >= 0) this.#left.splice(gone, 1);
    this.#port.withdraw();
    if (!this.#left.includes(this.#port)) this.#left.push(this.#port);
  }

  /** The same port: clients know it by heart. For a moment it may be somebody else's. */
  async #open(host: string, port: number): Promise<{ readonly host: string; readonly port: DataPort } | undefined> {
    const { handle, log } = this.#options;
    for (let tries = 0; tries < mostTries && !this.#isOver; tries += 1) {
      if (tries > 0) await setTimeout(retryAfterMs);
      for (const one of new Set([host, thisMachine])) {
        try {
          return { host: one, port: await listen({ host: one, port, handle }) };
        } catch (error) {
          if (tries === 0)
            log.error('a port could not be listened on again', { host: one, port, error: String(error) });
        }
      }
    }
    return undefined;
  }
}

function isRestricted({ policy }: Snapshot): boolean {
  return policy?.localOnly !== undefined;
}

function hostFor(snapshot: Snapshot, own: string | undefined): string {
  const host = own ?? snapshot.listen.host;
  return isRestricted(snapshot) && !isLoopback(host) ? thisMachine : host;
}
