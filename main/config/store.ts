/** The config file and its running snapshot: read, watched, checked, swapped; edited without losing a comment. */
import { mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { watch, type FSWatcher } from 'chokidar';
import { YAMLMap, YAMLSeq, type Document } from 'yaml';
import * as z from 'zod';
import { configSchema, type Config } from '../../shared/config/config.ts';
import { GatewayError } from '../../shared/errors/gateway-error.ts';
import type { LogPort, Snapshot } from '../gateway/ports.ts';
import type { Host } from '../host/host.ts';
import { isErrno, writeFileAtomic } from '../kit/atomic-file.ts';
import type { Clock } from '../kit/clock.ts';
import type { Secret } from '../kit/secret.ts';
import { loadCatalogue } from './catalogue.ts';
import { allReferences, compileConfig, secretsIn } from './compile.ts';
import { keyIdFor, mintKey } from './keys.ts';
import { parseConfig, type ParsedConfig } from './parse.ts';
import { ConfigError, renderProblem, type ConfigProblem } from './problems.ts';
import { resolveReferences, secretFilesIn, type Resolutions } from './secrets.ts';
import { readSource, writeSource } from './source.ts';

/** Editors save in several steps: what follows within this time is one change (FAULT-39). */
const settleMs = 250;
const editTries = 5;

export interface ConfigStoreOptions {
  readonly file: string;
  readonly host: Host;
  readonly clock: Clock;
  readonly log: LogPort;
  /** A new snapshot is in force, with the secrets it holds, for the redactor. */
  readonly onSnapshot: (snapshot: Snapshot, secrets: readonly Secret[], config: Config) => void;
  /** Watch the file; without, it is read once. */
  readonly watching: boolean;
}

export interface StoredKey {
  readonly id: string;
  readonly name: string;
  readonly allowed_models: string[];
  readonly expires_at: string | null;
  readonly metadata: Record<string, string>;
}

export interface NewKey {
  readonly name: string;
  readonly models: readonly string[] | undefined;
}

export interface CredentialFacts {
  readonly provider: string;
  readonly kind: string;
  readonly name: string;
  readonly available: boolean;
  readonly reason: string | null;
}

export interface ConfigStore {
  readonly snapshot: Snapshot;
  readonly config: Config;
  /** The key minted at the first start, to be shown once. */
  readonly firstKey: Secret | undefined;
  state(): { file: string; snapshot: string | null; problems: ConfigProblem[]; warnings: ConfigProblem[] };
  validate(text: string, file: string): { problems: ConfigProblem[]; warnings: ConfigProblem[] };
  jsonSchema(): Record<string, unknown>;
  credentials(): Promise<CredentialFacts[]>;
  listKeys(): StoredKey[];
  createKey(request: NewKey): Promise<StoredKey & { readonly key: string }>;
  revokeKey(id: string): Promise<boolean>;
  /** Changes the document and writes it, keeping comments and order; the change is in force when this resolves. */
  edit(change: (document: Document) => void): Promise<void>;
  close(): Promise<void>;
}

/** Checks a config without a host: syntax, names, values. Secrets are not looked up. */
export function checkConfigText(text: string, file: string, now: number): { problems: ConfigProblem[]; warnings: ConfigProblem[] } {
  const result = parseConfig(text, { file, now });
  if (!result.ok) return { problems: [...result.problems], warnings: [...result.warnings] };
  const { findings } = result.parsed;
  return { problems: [...findings.problems], warnings: [...findings.warnings] };
}

/** JSON Schema of the config file, for editors. */
export function configJsonSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(configSchema, { io: 'input', unrepresentable: 'any' }) as Record<string, unknown>;
  return { $schema: 'https://json-schema.org/draft/2020-12/schema', title: 'Sluice configuration (sluice.yaml)', ...schema };
}

/** Reads the config, or writes the first one. Rejects with `ConfigError` when there is none that can be used. */
export async function openConfigStore(options: ConfigStoreOptions): Promise<ConfigStore> {
  const store = new FileConfigStore(options);
  await store.start();
  return store;
}

interface Loaded {
  readonly text: string;
  readonly parsed: ParsedConfig;
  readonly snapshot: Snapshot;
  readonly resolutions: Resolutions;
}

class FileConfigStore implements ConfigStore {
  readonly #options: ConfigStoreOptions;
  #loaded: Loaded | undefined;
  #firstKey: Secret | undefined;
  #problems: readonly ConfigProblem[] = [];
  #watcher: FSWatcher | undefined;
  #timer: NodeJS.Timeout | undefined;
  #work: Promise<void> = Promise.resolve();

  constructor(options: ConfigStoreOptions) {
    this.#options = options;
  }

  get snapshot(): Snapshot {
    return this.#current().snapshot;
  }

  get config(): Config {
    return this.#current().parsed.config;
  }

  get firstKey(): Secret | undefined {
    return this.#firstKey;
  }

  async start(): Promise<void> {
    const text = (await this.#read()) ?? (await this.#writeFirst());
    const loaded = await this.#load(text);
    if (loaded.migrated !== undefined) await writeFileAtomic(this.#options.file, loaded.migrated, { backup: true, expected: text });
    this.#use(loaded);
    if (this.#options.watching) this.#watch();
  }

  state(): { file: string; snapshot: string | null; problems: ConfigProblem[]; warnings: ConfigProblem[] } {
    return {
      file: this.#options.file,
      snapshot: this.#loaded?.snapshot.id ?? null,
      problems: [...this.#problems],
      warnings: [...(this.#loaded?.parsed.findings.warnings ?? [])],
    };
  }

  validate(text: string, file: string): { problems: ConfigProblem[]; warnings: ConfigProblem[] } {
    return checkConfigText(text, file, this.#options.clock.now());
  }

  jsonSchema(): Record<string, unknown> {
    return configJsonSchema();
  }

  credentials(): Promise<CredentialFacts[]> {
    const facts = [...this.snapshot.providers.values()].flatMap((provider) =>
      provider.credentials.map((credential) => ({
        provider: provider.id,
        kind: provider.kind,
        name: credential.name,
        available: credential.secret.kind !== 'missing',
        reason: credential.secret.kind === 'missing' ? credential.secret.reason : null,
      })),
    );
    return Promise.resolve(facts);
  }

  listKeys(): StoredKey[] {
    return this.config.virtual_keys.map((key) => ({
      id: key.id,
      name: key.name ?? key.id,
      allowed_models: [...key.allowed_models],
      expires_at: key.expires_at ?? null,
      metadata: { ...key.metadata },
    }));
  }

  async createKey(request: NewKey): Promise<StoredKey & { readonly key: string }> {
    let made: { id: string; key: string } | undefined;
    await this.edit((document) => {
      const taken = new Set(this.config.virtual_keys.map((key) => key.id));
      const minted = mintKey(this.#options.host, keyIdFor(request.name, taken));
      made = { id: minted.id, key: minted.key.reveal() };
      const entry = {
        id: minted.id,
        ...(minted.id === request.name ? {} : { name: request.name }),
        value: `sha256:${minted.sha256}`,
        ...(request.models === undefined ? {} : { allowed_models: [...request.models] }),
      };
      const list = document.get('virtual_keys');
      if (list instanceof YAMLSeq) list.add(document.createNode(entry));
      else document.set('virtual_keys', [entry]);
    });
    const id = made?.id;
    const stored = this.listKeys().find((key) => key.id === id);
    if (made === undefined || stored === undefined) throw new GatewayError('internal.bug', 'The new key is not in the running configuration.');
    return { ...stored, key: made.key };
  }

  async revokeKey(id: string): Promise<boolean> {
    if (!this.config.virtual_keys.some((key) => key.id === id)) return false;
    await this.edit((document) => {
      const list = document.get('virtual_keys');
      if (!(list instanceof YAMLSeq)) return;
      const index = list.items.findIndex((item) => item instanceof YAMLMap && item.get('id') === id);
      if (index >= 0) list.items.splice(index, 1);
    });
    return true;
  }

  async edit(change: (document: Document) => void): Promise<void> {
    const run = this.#work.then(() => this.#edit(change));
    // The next edit waits for this one, whether it succeeds or not.
    this.#work = run.catch(() => undefined);
    await run;
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#watcher?.close();
  }

  #current(): Loaded {
    if (this.#loaded === undefined) throw new Error('the config store was not started');
    return this.#loaded;
  }

  async #edit(change: (document: Document) => void): Promise<void> {
    const { file } = this.#options;
    for (let tries = 0; tries < editTries; tries++) {
      const text = await this.#read();
      if (text === undefined) throw new GatewayError('config.invalid', `${file} is gone; restore it or start Sluice again.`);
      const source = readSource(text, file);
      if (!source.ok) throw refused(source.problems);
      const { document, habits } = source.source;
      change(document);
      const next = writeSource(document, habits);
      const loaded = await this.#load(next).catch((error: unknown) => {
        throw error instanceof ConfigError ? refused(error.problems) : error;
      });
      if ((await writeFileAtomic(file, next, { backup: true, expected: text })) === 'written') {
        this.#use(loaded);
        return;
      }
    }
    throw new GatewayError('config.invalid', `${file} keeps changing while it is to be written. Close what writes it and try again.`);
  }

  async #read(): Promise<string | undefined> {
    try {
      return await readFile(this.#options.file, 'utf8');
    } catch (error) {
      if (isErrno(error, 'ENOENT')) return undefined;
      throw error;
    }
  }

  async #writeFirst(): Promise<string> {
    const { file, host } = this.#options;
    const minted = mintKey(host, 'default');
    const text = firstConfig(minted.sha256);
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    await writeFileAtomic(file, text, { expected: null });
    this.#firstKey = minted.key;
    return text;
  }

  async #load(text: string): Promise<Loaded & { migrated: string | undefined }> {
    const { file, host, clock } = this.#options;
    const result = parseConfig(text, { file, now: clock.now() });
    if (!result.ok) throw new ConfigError(result.problems);
    const { parsed } = result;
    const [catalogue, resolutions] = await Promise.all([loadCatalogue(), resolveReferences(allReferences(parsed.config), host)]);
    const snapshot = compileConfig({ config: parsed.config, resolutions, catalogue, findings: parsed.findings });
    if (snapshot === undefined) throw new ConfigError(parsed.findings.problems);
    return { text: parsed.migratedText ?? text, parsed, snapshot, resolutions, migrated: parsed.migratedText };
  }

  #use(loaded: Loaded): void {
    const changed = loaded.snapshot.id !== this.#loaded?.snapshot.id;
    this.#loaded = loaded;
    this.#problems = [];
    if (changed) this.#options.onSnapshot(loaded.snapshot, secretsIn(loaded.resolutions), loaded.parsed.config);
    const secretFiles = secretFilesIn(loaded.parsed.config);
    if (secretFiles.length > 0) this.#watcher?.add([...secretFiles]);
  }

  #watch(): void {
    const { file } = this.#options;
    // The directory is watched: an editor that replaces the file would leave a watch on the old one.
    this.#watcher = watch([dirname(file), ...secretFilesIn(this.config)], {
      ignoreInitial: true,
      depth: 0,
      ignored: (path, stats) => stats?.isFile() === true && path !== file && !secretFilesIn(this.config).includes(path),
    });
    this.#watcher.on('all', () => {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => {
        this.#work = this.#work.then(() => this.#reload());
      }, settleMs);
    });
    this.#watcher.on('error', (error) => {
      this.#options.log.warn('the config file cannot be watched; restart to apply changes', { error: String(error) });
    });
  }

  async #reload(): Promise<void> {
    const { log, file } = this.#options;
    try {
      const text = await this.#read();
      if (text === undefined) {
        log.warn('the config file is gone; the last good configuration keeps running', { file });
        return;
      }
      const before = this.#loaded?.snapshot.id;
      const loaded = await this.#load(text);
      this.#use(loaded);
      if (loaded.snapshot.id !== before) log.info('the configuration was changed', { snapshot: loaded.snapshot.id });
    } catch (error) {
      if (!(error instanceof ConfigError)) {
        log.error('the config file cannot be read; the last good configuration keeps running', { error: String(error) });
        return;
      }
      this.#problems = error.problems;
      log.error('the config file has errors; the last good configuration keeps running', { problems: error.problems.map(renderProblem) });
    }
  }
}

function refused(problems: readonly ConfigProblem[]): GatewayError {
  return new GatewayError('config.invalid', problems.map(renderProblem).join('\n'));
}

function firstConfig(sha256: string): string {
  return `# Sluice: one file, read again within a second of a change. \`sluice config validate\` checks it, \`sluice config schema\`
# prints its JSON Schema. Secrets are references: env:NAME, file:/path, secret:id.
version: 1

# The built-in provider "demo" always answers (models demo/echo, demo/slow, demo/flaky). Add your own, for example:
# providers:
#   - id: anthropic
#     kind: anthropic
#     keys: [{ name: main, value: "env:ANTHROPIC_API_KEY" }]
#   - id: ollama
#     kind: ollama

# A route is a model name of your own, with targets in order of preference:
# routes:
#   - alias: smart
#     strategy: fallback
#     targets: [anthropic/claude-sonnet-4-5, demo/echo]

# Keys for clients, made with: sluice keys create --name NAME. Only their digests are kept.
virtual_keys:
  - id: default
    value: sha256:${sha256}
`;
}
