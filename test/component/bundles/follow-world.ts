// What the tests of following share: a publisher with real keys, a static host on a real socket, and a machine that follows.

import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { envelopeJson, readEnvelope, signEnvelope } from '../../../main/bundles/envelope.ts';
import type { Bundles, BundlesOptions, BundleTarget, ManagedPolicy } from '../../../main/bundles/face.ts';
import { fingerprintOf } from '../../../main/bundles/fingerprint.ts';
import { generateSigningKey, type NewSigningKey } from '../../../main/bundles/keys.ts';
import { openBundles } from '../../../main/bundles/open.ts';
import { openConfigStore, type ConfigStore } from '../../../main/config/store.ts';
import type { TeamLayer } from '../../../main/config/team-layer.ts';
import { createGatewayTools } from '../../../main/decide.ts';
import type { Host } from '../../../main/host/host.ts';
import { createNodeHost } from '../../../main/host/node-host.ts';
import { Secret } from '../../../main/kit/secret.ts';
import type { PayloadType } from '../../../shared/bundle/payload.ts';
import type { BundleCard, BundleNotice } from '../../../shared/contract/bundles.ts';

export const start = Date.parse('2026-12-01T10:00:00Z');
export const dayMs = 86_400_000;

type Fields = Readonly<Record<string, unknown>>;

export function json(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value, null, 1), 'utf8');
}

export function signed(type: PayloadType, value: unknown, ...keys: readonly NewSigningKey[]): Buffer {
  return signEnvelope(
    type,
    value instanceof Uint8Array ? value : json(value),
    keys.map(({ privateKey }) => privateKey),
  );
}

/** A trust file of several envelopes. */
export function chainOf(...envelopes: readonly Uint8Array[]): Buffer {
  return json(envelopes.map((one) => envelopeJson(readEnvelope(one))));
}

// ---------------------------------------------------------------- a publisher

export class Publisher {
  readonly root = generateSigningKey();
  readonly signer = generateSigningKey();
  readonly org: string;

  constructor(org = 'acme') {
    this.org = org;
  }

  trust(change: Fields = {}): Fields {
    return {
      ...{ schema: 'sluice.trust/1', org: this.org, epoch: 1, expires: '2028-11-01T00:00:00Z' },
      root: { threshold: 1, keys: [this.root.publicKey] },
      signers: { threshold: 1, keys: [this.signer.publicKey], bundles: ['*'] },
      ...change,
    };
  }

  bundle(change: Fields = {}): Fields {
    return {
      ...{ schema: 'sluice.bundle/1', id: 'acme-core', version: 1, epoch: 1, layer: 'org' },
      ...{ issued_at: '2026-11-20T09:00:00Z', expires_at: '2027-02-18T00:00:00Z' },
      enforced: { models: { deny: ['*/*-preview*'] } },
      ...change,
    };
  }

  signedTrust(change: Fields = {}, ...keys: readonly NewSigningKey[]): Buffer {
    return signed('trust', this.trust(change), ...(keys.length === 0 ? [this.root] : keys));
  }

  signedBundle(change: Fields = {}, ...keys: readonly NewSigningKey[]): Buffer {
    return signed('bundle', this.bundle(change), ...(keys.length === 0 ? [this.signer] : keys));
  }

  get fingerprint(): string {
    return fingerprintOf(json(this.trust()));
  }
}

// ---------------------------------------------------------------- a static host

export interface Asked {
  readonly path: string;
  readonly authorization: string | undefined;
  readonly ifNoneMatch: string | undefined;
  readonly status: number;
}

export type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** Serves bytes with their ETag, as any web server does, or answers as it is told. */
export class StaticHost {
  readonly files = new Map<string, Uint8Array | Answer>();
  readonly asked: Asked[] = [];
  readonly #server: Server;

  constructor() {
    this.#server = createServer((request, response) => {
      this.#answer(request, response);
    });
  }

  async open(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return this;
  }

  get origin(): string {
    return `http://127.0.0.1:${String((this.#server.address() as AddressInfo).port)}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const path = request.url ?? '';
    const { authorization, 'if-none-match': ifNoneMatch } = request.headers;
    const found = this.files.get(path);
    const note = (status: number): void => {
      this.asked.push({ path, authorization, ifNoneMatch, status });
    };
    if (typeof found === 'function') {
      note(0);
      found(request, response);
      return;
    }
    if (found === undefined) {
      note(404);
      response.writeHead(404).end();
      return;
    }
    const etag = `"${createHash('sha256').update(found).digest('hex').slice(0, 20)}"`;
    const status = ifNoneMatch === etag ? 304 : 200;
    note(status);
    response.writeHead(status, { etag, 'content-type': 'text/plain' }).end(status === 200 ? found : undefined);
  }
}

// ---------------------------------------------------------------- a machine

export interface OpenMachine {
  readonly bundles: Bundles;
  readonly store: ConfigStore;
}

/** A machine with a config file, a box of secrets and a clock of its own; its app may be opened and closed. */
export class Machine {
  readonly directory = mkdtempSync(join(tmpdir(), 'sluice-follow-'));
  readonly file = join(this.directory, 'sluice.yaml');
  readonly notices: BundleNotice[] = [];
  readonly #open: OpenMachine[] = [];
  now = start;
  managed: ManagedPolicy | undefined;
  appVersion = '1.6.0';
  platform: NodeJS.Platform = 'linux';
  limits: BundlesOptions['limits'];
  host: Host | undefined;
  /** Puts in force what bundles say, in place of the store itself. */
  useTeam: ((store: ConfigStore, team: TeamLayer | undefined) => Promise<void>) | undefined;

  constructor(config: string) {
    this.write(config);
  }

  write(config: string): void {
    writeFileSync(this.file, config);
  }

  text(): string {
    return readFileSync(this.file, 'utf8');
  }

  async hostOf(): Promise<Host> {
    this.host ??= await createNodeHost({ dataDir: this.directory, environment: {} });
    return this.host;
  }

  async setSecret(id: string, value: string): Promise<void> {
    await (await this.hostOf()).secrets.set(id, new Secret(value));
  }

  /** As the app does at its start. */
  async open(more: Partial<BundlesOptions> = {}): Promise<OpenMachine> {
    const host = await this.hostOf();
    const silent = (): void => undefined;
    const log = { debug: silent, info: silent, warn: silent, error: silent };
    const clock = { now: () => this.now, monotonic: () => performance.now() };
    const running: { store: ConfigStore | undefined } = { store: undefined };
    const bundles = await openBundles({
      ...{
        directory: join(this.directory, 'bundles'),
        witness: join(this.directory, 'managed.json'),
        host,
        clock,
        log,
        tools: createGatewayTools(),
      },
      ...{ managed: this.managed, platform: this.platform, appVersion: this.appVersion, limits: this.limits },
      enrolled: () => running.store?.written.policy_bundles ?? [],
      secretOf: (reference) => Promise.resolve(new Secret(reference)),
      systemProxy: () => undefined,
      onChange: silent,
      onNotice: (notice) => this.notices.push(notice),
      ...more,
    });
    running.store = await openConfigStore({
      ...{ file: this.file, host, clock, log, watching: false },
      team: (enrolled) => bundles.restore(enrolled),
      onSnapshot: silent,
      onRead: () => {
        bundles.enrolledChanged();
      },
    });
    const machine = { bundles, store: running.store };
    this.#open.push(machine);
    await bundles.start(this.#targetOf(running.store));
    return machine;
  }

  #targetOf(store: ConfigStore): BundleTarget {
    const { useTeam } = this;
    if (useTeam === undefined) return store;
    return {
      useTeam: (team) => useTeam(store, team),
      tryTeam: (team) => store.tryTeam(team),
      edit: (change) => store.edit(change),
      get applied() {
        return store.applied;
      },
      get written() {
        return store.written;
      },
      get config() {
        return store.config;
      },
      get snapshot() {
        return store.snapshot;
      },
    };
  }

  /** Ends what is open, as the end of the app does. */
  async shut(): Promise<void> {
    for (const { bundles, store } of this.#open.splice(0)) {
      await bundles.stop();
      await store.close();
    }
  }

  async end(): Promise<void> {
    await this.shut();
    rmSync(this.directory, { recursive: true, force: true });
  }
}

export function configFor(...entries: readonly { url: string; trust?: string }[]): string {
  const lines = entries.flatMap(({ url, trust }) => [
    `  - url: ${url}`,
    ...(trust === undefined ? [] : [`    trust: ${trust}`]),
  ]);
  return ['version: 1', 'providers:', '  - id: demo', '    kind: demo', 'policy_bundles:', ...lines, ''].join('\n');
}

/** The only card, or that of a bundle. */
export function cardIn({ bundles }: OpenMachine, key?: string): BundleCard {
  const cards = bundles.list().bundles;
  const found = key === undefined ? cards[0] : cards.find((card) => card.key === key);
  if (found === undefined) throw new Error('there is no such card');
  return found;
}

/** Models that nobody may ask, as enforced. */
export function denied({ store }: OpenMachine): readonly string[] {
  return (store.snapshot.policy?.access ?? []).flatMap(({ deniedModels }) => [...deniedModels]);
}
