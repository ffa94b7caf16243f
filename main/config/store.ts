/** The config file and its running snapshot: read, watched, checked, swapped; edited without losing a comment. */
import { mkdir, readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Document } from 'yaml';
import { configJsonSchema, type Config } from '../../shared/config/config.ts';
import type { SecretEntry, SecretUse } from '../../shared/contract/secrets.ts';
import type { LogPort, Snapshot } from '../gateway/ports.ts';
import type { Host } from '../host/host.ts';
import { isErrno, removeStaleTemporaries, writeFileAtomic } from '../kit/atomic-file.ts';
import type { Clock } from '../kit/clock.ts';
import type { Secret } from '../kit/secret.ts';
import { localTimeZone } from '../kit/time-zone.ts';
import { checkEnabled, readCandidate, type CandidateFile, type CandidateRules } from './candidate-rules.ts';
import { loadCatalogue, type Catalogue } from './catalogue.ts';
import { allReferences, compileConfig, secretsIn, type CompileInput, type OwnKey } from './compile.ts';
import { createConfigEditing, type ConfigEditing } from './config-editing.ts';
import { changeFile, refusal, rewritten, type FileChange, type FileChanged, type Loaded } from './file-change.ts';
import { firstConfig } from './first-config.ts';
import { keyFacts } from './key-facts.ts';
import { createKeyKeeper, type KeyKeeper } from './key-keeper.ts';
import { mintKey } from './keys.ts';
import { createModelKeeper, type ModelKeeper } from './model-keeper.ts';
import { parseConfig, type ParsedConfig } from './parse.ts';
import { policyFilesIn, readPolicyFiles } from './policy-files.ts';
import { nextPriceChangeAt } from './pricing.ts';
import { ConfigError, renderProblem, type ConfigProblem } from './problems.ts';
import { createProviderKeeper, type ProviderKeeper } from './provider-keeper.ts';
import { opened, putSecret, secretEntries, secretUses } from './secret-edits.ts';
import { resolveReferences, secretFilesIn } from './secrets.ts';
import { watchFiles, type FileWatch } from './watch.ts';

/** The longest wait for a moment that changes something; a machine that slept or a timer's limit cannot hide it for longer. */
const longestWaitMs = 3_600_000;

export interface ConfigStoreOptions {
  readonly file: string;
  readonly host: Host;
  readonly clock: Clock;
  readonly log: LogPort;
  /** A new snapshot is in force, with the secrets it holds, for the redactor. */
  readonly onSnapshot: (snapshot: Snapshot, secrets: readonly Secret[], config: Config) => void;
  /** The file has so many problems and is not used; 0: it is again as it runs. */
  readonly onRefused?: ((problems: number) => void) | undefined;
  /** The key of this program itself, in every snapshot. */
  readonly ownKey?: OwnKey | undefined;
  /** Watch the file; without, it is read once. */
  readonly watching: boolean;
}

export interface CredentialFacts {
  readonly provider: string;
  readonly kind: string;
  readonly name: string;
  readonly available: boolean;
  readonly reason: string | null;
}

export interface ConfigFindings {
  readonly problems: ConfigProblem[];
  readonly warnings: ConfigProblem[];
}

/** What changes the file rejects with a `GatewayError` (`config.invalid`) when that cannot be; then nothing was changed. */
export interface ConfigStore {
  readonly snapshot: Snapshot;
  readonly config: Config;
  /** The key minted at the first start, to be shown once. */
  readonly firstKey: Secret | undefined;
  /** `problems` are those of the file as it is now: while there are any, the last good snapshot keeps running. */
  state(): ConfigFindings & { readonly file: string; readonly snapshot: string | null };
  /** Checks a text as if it were the file. Secrets and the files it names are not looked up. */
  validate(text: string, file: string): ConfigFindings;
  jsonSchema(): Record<string, unknown>;
  credentials(): Promise<CredentialFacts[]>;
  /** Virtual keys. */
  readonly keys: KeyKeeper;
  /** The file as the window sees and changes it. */
  readonly editing: ConfigEditing;
  readonly providers: ProviderKeeper;
  readonly models: ModelKeeper;
  /** Names, and who refers to each in the config in force. */
  listSecrets(): Promise<{ readonly protection: string; readonly secrets: SecretEntry[] }>;
  /** In the box when it resolves, and in force unless the file has problems. Rejects when it would do as no key. */
  setSecret(id: string, value: Secret): Promise<{ readonly used_by: SecretUse[]; readonly in_force: boolean }>;
  /** Not deleted while somebody refers to it, unless `force`. */
  deleteSecret(id: string, force: boolean): Promise<{ found: boolean; deleted: boolean; used_by: SecretUse[] }>;
  /**
   * Changes the document and writes it, keeping comments and order; in force when this resolves. `change` runs again,
   * on a fresh document, when somebody else saved in between.
   */
  edit(change: (document: Document) => void): Promise<void>;
  /**
   * Masking and firewall as they would be with the sections of another file in place of those in force. Changes nothing. What is
   * wrong with that file rejects with `config.invalid` and its place there.
   */
  rulesWith(candidate: CandidateFile): Promise<SafetyRules>;
  close(): Promise<void>;
}

/** Reads the config, or writes the first one. Rejects with `ConfigError` when there is none that can be used. */
export async function openConfigStore(options: ConfigStoreOptions): Promise<ConfigStore> {
  const store = new FileConfigStore({ ...options, file: resolve(options.file) }, await loadCatalogue());
  await store.start();
  return store;
}

/** What texts are judged by. */
export type SafetyRules = Pick<Snapshot, 'masking' | 'firewall'>;

class FileConfigStore implements ConfigStore {
  readonly #options: ConfigStoreOptions;
  readonly #catalogue: Catalogue;
  #loaded: Loaded | undefined;
  #firstKey: Secret | undefined;
  #problems: readonly ConfigProblem[] = [];
  #watch: FileWatch | undefined;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;
  /** Edits and readings, one after the other. */
  #work: Promise<void> = Promise.resolve();

  readonly keys: KeyKeeper;
  readonly editing: ConfigEditing;
  readonly providers: ProviderKeeper;
  readonly models: ModelKeeper;

  constructor(options: ConfigStoreOptions, catalogue: Catalogue) {
    this.#options = options;
    this.#catalogue = catalogue;
    const now = (): number => options.clock.now();
    this.keys = createKeyKeeper({
      random: options.host,
      now,
      list: () => keyFacts(this.config, this.#current().parsed.findings, now()),
      edit: (change) => this.edit(change),
    });
    const { file, host } = options;
    const loaded = (): Loaded => this.#current();
    const change = (wanted: FileChange): Promise<FileChanged> => this.#inTurn(() => this.#change(wanted));
    const refresh = (): Promise<string> => this.#inTurn(() => this.#refresh());
    this.editing = createConfigEditing({ file, now, loaded, refresh, change });
    this.models = createModelKeeper({ catalogue, loaded, change });
    this.providers = createProviderKeeper({
      box: host.secrets,
      loaded,
      inTurn: (work) => this.#inTurn(work),
      change: (wanted) => this.#change(wanted),
    });
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
    const { file, clock, watching, log } = this.#options;
    const text = (await this.#read()) ?? (await this.#writeFirst());
    const loaded = await this.#load(text);
    if (loaded.parsed.migratedText !== undefined) await this.#writeMigrated(text, loaded.parsed.migratedText);
    await removeStaleTemporaries(file).catch(() => 0);
    this.#use(loaded);
    if (!watching) return;
    this.#watch = watchFiles({
      files: this.#watched(),
      clock,
      onChange: () => {
        this.#work = this.#work.then(() => this.#reload());
      },
      onError: (error) => {
        log.warn('the config file cannot be watched; restart to apply changes', { error: String(error) });
      },
    });
  }

  state(): ConfigFindings & { file: string; snapshot: string | null } {
    return {
      file: this.#options.file,
      snapshot: this.#loaded?.snapshot.id ?? null,
      problems: [...this.#problems],
      warnings: [...(this.#loaded?.parsed.findings.warnings ?? [])],
    };
  }

  validate(text: string, file: string): ConfigFindings {
    const now = this.#options.clock.now();
    const result = parseConfig(text, { file, now });
    if (!result.ok) return { problems: [...result.problems], warnings: [...result.warnings] };
    const { config, findings } = result.parsed;
    const warnings = [...findings.warnings];
    // Adds what only shows when it is put together. What it says about secrets is left out: they were not looked up.
    this.#compile({ config, resolutions: new Map(), files: new Map(), findings, now });
    return { problems: [...findings.problems], warnings };
  }

  jsonSchema(): Record<string, unknown> {
    return configJsonSchema();
  }

  credentials(): Promise<CredentialFacts[]> {
    const facts = [...this.snapshot.providers.values()].flatMap((provider) =>
      provider.credentials.map(({ name, secret }) => ({
        provider: provider.id,
        kind: provider.kind,
        name,
        available: secret.kind !== 'missing',
        reason: secret.kind === 'missing' ? secret.reason : null,
      })),
    );
    return Promise.resolve(facts);
  }

  async listSecrets(): Promise<{ protection: string; secrets: SecretEntry[] }> {
    const { secrets } = this.#options.host;
    const entries = await secretEntries(secrets, this.config);
    return { protection: await opened(() => secrets.protection()), secrets: entries };
  }

  async setSecret(id: string, value: Secret): Promise<{ used_by: SecretUse[]; in_force: boolean }> {
    return await this.#inTurn(async () => {
      await putSecret(this.#options.host.secrets, id, value);
      await this.#reload();
      return { used_by: this.#usesOf(id), in_force: this.#problems.length === 0 };
    });
  }

  async deleteSecret(id: string, force: boolean): Promise<{ found: boolean; deleted: boolean; used_by: SecretUse[] }> {
    const { secrets } = this.#options.host;
    return await this.#inTurn(async () => {
      const used_by = this.#usesOf(id);
      const found = (await opened(() => secrets.list())).includes(id);
      if (!found || (used_by.length > 0 && !force)) return { found, deleted: false, used_by };
      const deleted = await opened(() => secrets.delete(id));
      await this.#reload();
      return { found: deleted, deleted, used_by };
    });
  }

  async edit(change: (document: Document) => void): Promise<void> {
    const rewrite = ({ document, habits }: ParsedConfig): string => {
      change(document);
      return rewritten(document, habits);
    };
    await this.#inTurn(() => this.#change({ rewrite }));
  }

  async rulesWith(candidate: CandidateFile): Promise<SafetyRules> {
    try {
      const read = readCandidate(candidate);
      const { sections, locate } = read;
      const running = this.#current().parsed.document.toJS() as object;
      const given = Object.entries(sections).filter(([, section]) => section !== undefined);
      // What is recorded is not tried, so that what is recorded now need not go with it.
      const text = JSON.stringify({ ...running, ...Object.fromEntries(given), logging: undefined });
      const { snapshot } = await this.#load(text, locate);
      checkEnabled(read);
      return { masking: snapshot.masking, firewall: snapshot.firewall };
    } catch (error) {
      throw refusal(error);
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#watch?.close();
    await this.#work;
  }

  async #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const run = this.#work.then(work);
    // The next one waits for this one, whether it succeeds or not.
    this.#work = run.then(
      () => undefined,
      () => undefined,
    );
    return await run;
  }

  #usesOf(id: string): SecretUse[] {
    return [...(secretUses(this.config).get(id) ?? [])];
  }

  #current(): Loaded {
    if (this.#loaded === undefined) throw new Error('the config store was not started');
    return this.#loaded;
  }

  #watched(): readonly string[] {
    const { file } = this.#options;
    return [file, ...secretFilesIn(this.config), ...policyFilesIn(this.config, file)];
  }

  async #change(change: FileChange): Promise<FileChanged> {
    const { file, clock } = this.#options;
    const now = (): number => clock.now();
    const read = (): Promise<string | undefined> => this.#read();
    const changed = await changeFile({ file, now, read, load: (text) => this.#load(text) }, change);
    if (change.dryRun !== true) this.#use(changed.loaded);
    return changed;
  }

  /** Up to what the file says now, if it can be used. */
  async #refresh(): Promise<string> {
    const text = (await this.#read()) ?? '';
    if (text !== this.#current().text) await this.#reload();
    return text;
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
    if ((await writeFileAtomic(file, text, { expected: null })) === 'changed') {
      // Another process was first: its file holds.
      return await readFile(file, 'utf8');
    }
    this.#firstKey = minted.key;
    return text;
  }

  /** A file that may not be written is as good: it is migrated in memory at every start. */
  async #writeMigrated(text: string, migrated: string): Promise<void> {
    const { file, log } = this.#options;
    try {
      const result = await writeFileAtomic(file, migrated, { backup: true, expected: text });
      if (result === 'written')
        log.info('the config file was brought to the current format', { file, backup: `${file}.bak` });
    } catch (error) {
      log.warn('the config file is of an older format and cannot be rewritten', { file, error: String(error) });
    }
  }

  async #load(text: string, takenFrom?: CandidateRules['locate']): Promise<Loaded> {
    const { file, host, clock } = this.#options;
    const now = clock.now();
    const result = parseConfig(text, { file, now, takenFrom });
    if (!result.ok) throw new ConfigError(result.problems);
    const { parsed } = result;
    const { config, findings } = parsed;
    const resolutions = await resolveReferences(allReferences(config), host);
    const files = await readPolicyFiles(config, file);
    const snapshot = this.#compile({ config, resolutions, files, findings, now });
    if (snapshot === undefined) throw new ConfigError(findings.problems);
    return { text, parsed, snapshot, resolutions, at: now };
  }

  #compile(input: Pick<CompileInput, 'config' | 'resolutions' | 'files' | 'findings' | 'now'>): Snapshot | undefined {
    const { clock, ownKey } = this.#options;
    const timezone = localTimeZone();
    return compileConfig({ ...input, catalogue: this.#catalogue, currentTime: () => clock.now(), timezone, ownKey });
  }

  #use(loaded: Loaded): void {
    const running = this.#loaded?.snapshot;
    const changed = loaded.snapshot.id !== running?.id;
    // Nothing but comments and layout may have changed: then the snapshot that runs is the one to keep.
    this.#loaded = changed ? loaded : { ...loaded, snapshot: running };
    if (!changed && this.#problems.length > 0) this.#options.onRefused?.(0);
    this.#problems = [];
    this.#watch?.follow(this.#watched());
    this.#awaitMoment();
    if (changed) this.#options.onSnapshot(loaded.snapshot, secretsIn(loaded.resolutions), loaded.parsed.config);
  }

  /** Moments change the configuration though nobody touches the file: a price takes effect, a previous secret runs out. */
  #awaitMoment(): void {
    clearTimeout(this.#timer);
    // What changed while it was compiled is not in it yet.
    const since = this.#current().at;
    const moments = [
      nextPriceChangeAt(this.config.pricing, since, this.#catalogue.changes),
      nextSecretEndAt(this.config, since),
    ];
    const at = Math.min(...moments.filter((moment) => moment !== undefined));
    if (!Number.isFinite(at) || this.#closed || !this.#options.watching) return;
    const reload = (): void => {
      this.#work = this.#work.then(() => this.#reload());
    };
    this.#timer = setTimeout(reload, Math.min(Math.max(0, at - this.#options.clock.now()), longestWaitMs));
    this.#timer.unref();
  }

  async #reload(): Promise<void> {
    if (this.#closed) return;
    const { log } = this.#options;
    const before = this.#loaded?.snapshot.id;
    const known = new Set(this.state().warnings.map(renderProblem));
    try {
      const text = await this.#read();
      if (text === undefined) throw new ConfigError([this.#about('the file is gone', 'Restore it')]);
      this.#use(await this.#load(text));
    } catch (error) {
      const problems =
        error instanceof ConfigError ? error.problems : [this.#about(`the file cannot be read: ${textOf(error)}`, '')];
      this.#problems = problems;
      this.#options.onRefused?.(problems.length);
      log.error('the config file cannot be used; the last good configuration keeps running', {
        problems: problems.map(renderProblem),
      });
      return;
    }
    const after = this.#loaded?.snapshot.id;
    if (after !== before) log.info('the configuration was changed', { snapshot: after });
    // The start says all of them; a change what it brought.
    for (const warning of this.state().warnings.map(renderProblem)) if (!known.has(warning)) log.warn(warning);
  }

  #about(problem: string, mend: string): ConfigProblem {
    return { file: this.#options.file, line: 1, column: 1, path: '', problem, mend };
  }
}

/** When the next previous secret of a virtual key runs out, milliseconds since 1970. */
function nextSecretEndAt({ virtual_keys }: Config, now: number): number | undefined {
  const ends = virtual_keys.flatMap((key) => key.previous.map(({ until }) => Date.parse(until)));
  const later = ends.filter((end) => end > now);
  return later.length === 0 ? undefined : Math.min(...later);
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
