// A publisher who has nothing but the command line and a static host, and a machine that follows: the product as a process, its
// file, and providers that are simulated.
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { envelopeJson, readEnvelope, signEnvelope } from '../../main/bundles/envelope.ts';
import { generateSigningKey, type NewSigningKey } from '../../main/bundles/keys.ts';
import type { BundleCard } from '../../shared/contract/bundles.ts';
import { makeHome, type Ended, type Home } from '../component/cli/instance.ts';
import {
  builtProduct,
  keyYaml,
  ledgerOpen,
  startProduct,
  type Built,
  type Product,
} from '../component/crash/product.ts';
import { startFake, type Fake, type Recorded } from '../fakes/fake.ts';

// ---------------------------------------------------------------- a static host

export interface Served {
  readonly path: string;
  readonly status: number;
}

/** Serves the files of a folder with their ETags, as web servers do, and keeps an access log. */
export class FileHost {
  readonly log: Served[] = [];
  readonly #folder: string;
  readonly #server: Server;
  #port = 0;

  constructor(folder: string) {
    this.#folder = folder;
    this.#server = createServer((request, response) => {
      this.#serve(request, response);
    });
  }

  /** Again at the same address where it was closed meanwhile. */
  async open(): Promise<void> {
    if (this.#port === 0) this.#port = await quietPort();
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject).listen(this.#port, '127.0.0.1', resolve);
    });
  }

  get origin(): string {
    return `http://127.0.0.1:${String(this.#port)}`;
  }

  /** What was asked of it since the last time somebody wanted to know. */
  taken(): readonly Served[] {
    return this.log.splice(0);
  }

  async close(): Promise<void> {
    if (!this.#server.listening) return;
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #serve({ url = '/', headers }: IncomingMessage, response: ServerResponse): void {
    const file = join(this.#folder, new URL(url, 'http://host').pathname);
    const facts = statSync(file, { throwIfNoEntry: false });
    const etag =
      facts === undefined ? '' : `"${Math.floor(facts.mtimeMs * 1_000).toString(16)}-${facts.size.toString(16)}"`;
    const status = facts?.isFile() !== true ? 404 : headers['if-none-match'] === etag ? 304 : 200;
    this.log.push({ path: url, status });
    response.writeHead(status, status === 404 ? {} : { etag, 'content-type': 'application/octet-stream' });
    response.end(status === 200 ? readFileSync(file) : undefined);
  }
}

// ---------------------------------------------------------------- a publisher

/** Who writes YAML and publishes it by the commands alone. Bundles and their trust are in `<id>/`, published in `site/<id>/`. */
export class Publisher {
  readonly #home: Home;
  readonly #origin: () => string;

  constructor(home: Home, origin: () => string) {
    this.#home = home;
    this.#origin = origin;
  }

  /** A key in a file of its own that opens without a passphrase: sealing one takes a second. */
  key(name: string): NewSigningKey {
    const key = generateSigningKey();
    writeFileSync(join(this.#home.folder, `${name}.key`), key.privateKey.export({ type: 'pkcs8', format: 'pem' }));
    writeFileSync(join(this.#home.folder, `${name}.key.pub`), `${key.publicKey}\n`);
    return key;
  }

  /** The first trust document: `signer` may sign `id`. */
  async found(id: string, signer: string): Promise<void> {
    mkdirSync(join(this.#home.folder, id), { recursive: true });
    this.write(id, '');
    await this.rotate(id, '--org', 'acme', '--add-signer', `${signer}.key.pub`);
  }

  write(id: string, yaml: string): void {
    writeFileSync(join(this.#home.folder, id, 'bundle.yaml'), `schema: sluice.bundle/1\nid: ${id}\n${yaml}`);
  }

  async rotate(id: string, ...more: readonly string[]): Promise<void> {
    await this.run('bundle', 'rotate', id, '--root-key', 'root.key', '--out', this.folder(id), ...more);
  }

  /** Resolves to the link for the team. */
  async publish(id: string, signer: string, yaml: string): Promise<string> {
    this.write(id, yaml);
    const url = `${this.#origin()}/${id}/`;
    const { out } = await this.run(
      'bundle',
      'publish',
      id,
      '--key',
      `${signer}.key`,
      '--out',
      this.folder(id),
      '--url',
      url,
    );
    return out.trim();
  }

  folder(id: string): string {
    return join(this.#home.folder, 'site', id);
  }

  /** What its host serves, as its publisher may look at it: the text that was signed. */
  payload(id: string): string {
    return Buffer.from(readEnvelope(readFileSync(join(this.folder(id), `${id}.sluice`))).payload).toString('utf8');
  }

  /** Somebody with access to the host, and a key, puts there what says `change` besides. */
  smuggle(id: string, key: NewSigningKey, change: Readonly<Record<string, unknown>>): void {
    const payload = { ...(JSON.parse(this.payload(id)) as object), ...change };
    const envelope = signEnvelope('bundle', Buffer.from(JSON.stringify(payload, null, 1)), [key.privateKey]);
    writeFileSync(join(this.folder(id), `${id}.sluice`), JSON.stringify(envelopeJson(readEnvelope(envelope))));
  }

  /** A command that has to end well. */
  async run(...argv: readonly string[]): Promise<Ended> {
    const ended = await this.#home.sluice(...argv);
    if (ended.code !== 0) throw new Error(`sluice ${argv.join(' ')}: ${String(ended.code)}\n${ended.err}${ended.out}`);
    return ended;
  }
}

// ---------------------------------------------------------------- a machine

const key = keyYaml('desk', 'name: desk');

/** The product as a process of its own, asked by the SDKs of two vendors. */
export class Desk {
  readonly home: Home = makeHome();
  readonly #built: Built = builtProduct();
  #product: Product | undefined;

  constructor() {
    mkdirSync(this.home.data, { mode: 0o700 });
  }

  get file(): string {
    return join(this.home.data, 'sluice.yaml');
  }

  text(): string {
    return readFileSync(this.file, 'utf8');
  }

  write(text: string): void {
    writeFileSync(this.file, text, { mode: 0o600 });
  }

  get product(): Product {
    if (this.#product === undefined) throw new Error('nothing runs');
    return this.#product;
  }

  async start(port = 0): Promise<void> {
    this.#product = await startProduct(this.#built, this.home.data, port);
    await ledgerOpen(this.#product);
  }

  async stop(): Promise<void> {
    const product = this.#product;
    this.#product = undefined;
    await product?.stop();
  }

  openai(url = this.product.url): OpenAI {
    return new OpenAI({ apiKey: key.secret, baseURL: `${url}/v1`, maxRetries: 0 });
  }

  anthropic(url = this.product.url): Anthropic {
    return new Anthropic({ apiKey: key.secret, baseURL: url, maxRetries: 0 });
  }

  /** Looks at what the link leads to, then follows it, as the join screen does. */
  async join(link: string): Promise<BundleCard> {
    const { sha256, fingerprint } = await this.product.ask('bundles.preview', { url: link });
    return await this.product.ask('bundles.join', { url: link, sha256, fingerprint });
  }

  async leave(id: string): Promise<void> {
    await this.product.ask('bundles.leave', { key: id });
  }

  /** One poll of all that is followed; the card of one. */
  async check(id: string): Promise<BundleCard> {
    await this.product.ask('bundles.check', {});
    return await this.card(id);
  }

  async card(id: string): Promise<BundleCard> {
    const { bundles } = await this.product.ask('bundles.list', {});
    const found = bundles.find((card) => card.key === id);
    if (found === undefined) throw new Error(`no bundle ${id} is followed`);
    return found;
  }

  async end(): Promise<void> {
    await this.stop();
    await this.home.leave();
    this.#built.remove();
  }
}

/** A config file as people write them: with comments, and layout of their own. */
export function deskConfig({ oai, ant }: { readonly oai: Fake; readonly ant: Fake }): string {
  return `# Mine: notes and layout stay as they are.
version: 1

providers:
    # both simulated
  - id: oai
    kind: openai-compatible
    base_url: "${oai.url}/v1"
    dialects: [openai-chat]
    local: true
    keys: [{value: sk-upstream}]
    retry: { attempts: 1 }
    models:
      - gpt-4o    # for everything
      - gpt-x-preview
      - {id: dear, pricing: {input: "1000", output: "1000"}}
  - { id: ant, kind: anthropic, base_url: '${ant.url}', local: true, keys: [{ value: sk-ant-upstream }], retry: { attempts: 1 } }

virtual_keys:
${key.yaml}
# The end of what I wrote.
`;
}

export async function startProviders(): Promise<{ readonly oai: Fake; readonly ant: Fake }> {
  const [oai, ant] = await Promise.all([
    startFake({ dialect: 'openai', key: 'sk-upstream' }),
    startFake({ dialect: 'anthropic', key: 'sk-ant-upstream' }),
  ]);
  return { oai, ant };
}

/** What a provider was asked last. */
export function lastAsked({ requests }: Fake): Recorded {
  const last = requests.at(-1);
  if (last === undefined) throw new Error('it was not asked');
  return last;
}

/** What was thrown, whatever it is. */
export async function thrown(promise: PromiseLike<unknown>): Promise<unknown> {
  return await Promise.resolve(promise).then(
    () => undefined,
    (error: unknown) => error,
  );
}

/** A port that nobody is given by chance: below those that systems hand out. */
export async function quietPort(): Promise<number> {
  for (;;) {
    const port = 15_000 + Math.floor(Math.random() * 10_000);
    const server = createServer();
    const isFree = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false));
      server.listen(port, '127.0.0.1', () => resolve(true));
    });
    if (!isFree) continue;
    await new Promise((resolve) => server.close(resolve));
    return port;
  }
}
