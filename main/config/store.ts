/** The config file and its running snapshot: read, watched, checked, swapped; edited without losing a comment. */
import { mkdir, readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Document } from 'yaml';
import { configJsonSchema, type Config } from '../../shared/config/config.ts';
import type { SecretBoxState, SecretUse } from '../../shared/contract/secrets.ts';
import type { Snapshot } from '../gateway/ports.ts';
import type { SecretBox } from '../host/host.ts';
import { policyBlocked } from '../../shared/domain/policy-words.ts';
import { isErrno, removeStaleTemporaries, writeFileAtomic } from '../kit/atomic-file.ts';
import type { Secret } from '../kit/secret.ts';
import { atOnce, inTurns, nextTurn, type Steps } from '../kit/steps.ts';
import { localTimeZone } from '../kit/time-zone.ts';
import { checkEnabled, readCandidate, type CandidateFile, type CandidateRules } from './candidate-rules.ts';
import { loadCatalogue, type Catalogue } from './catalogue.ts';
import { allReferences, secretsIn, type CompileInput } from './compile.ts';
import { checkConfig } from './checks.ts';
import { compileSteps } from './compile-sets.ts';
import { createConfigEditing, type ConfigEditing } from './config-editing.ts';
import { changeFile, refusal, rewritten, type FileChange, type FileChanged, type Loaded } from './file-change.ts';
import { firstConfig } from './first-config.ts';
import { keyFacts } from './key-facts.ts';
import { createKeyKeeper, type KeyKeeper } from './key-keeper.ts';
import { mintKey } from './keys.ts';
import { createModelKeeper, type ModelKeeper } from './model-keeper.ts';
import { parseConfig, parseSteps, type ParsedConfig } from './parse.ts';
import { policyFilesIn, readPolicyFiles } from './policy-files.ts';
import { nextPriceChangeAt } from './pricing.ts';
import { ConfigError, renderProblem, type ConfigProblem } from './problems.ts';
import { createProfileKeeper, type ProfileKeeper } from './profile-keeper.ts';
import { createProviderKeeper, type ProviderKeeper } from './provider-keeper.ts';
import { boxState, opened, putSecret, secretUses } from './secret-edits.ts';
import { resolveReferences, secretFilesIn } from './secrets.ts';
import type {
  ConfigFindings,
  ConfigStore,
  ConfigStoreOptions,
  CredentialFacts,
  SafetyRules,
  TriedTeam,
} from './store-face.ts';
import { appliedTo, teamSteps, type TeamApplied, type TeamLayer } from './team-layer.ts';
import { watchFiles, type FileWatch } from './watch.ts';

export type { ConfigFindings, ConfigStore, ConfigStoreOptions, CredentialFacts, SafetyRules, TriedTeam };

/** The longest wait for a moment that changes something; a machine that slept or a timer's limit cannot hide it for longer. */
const longestWaitMs = 3_600_000;

/** Reads the config, or writes the first one. Rejects with `ConfigError` when there is none that can be used. */
export async function openConfigStore(options: ConfigStoreOptions): Promise<ConfigStore> {
  const store = new FileConfigStore({ ...options, file: resolve(options.file) }, await loadCatalogue());
  await store.start();
  return store;
}

class FileConfigStore implements ConfigStore {
  readonly #options: ConfigStoreOptions;
  readonly #catalogue: Catalogue;
  #loaded: Loaded | undefined;
  #firstKey: Secret | undefined;
  #problems: readonly ConfigProblem[] = [];
  #watch: FileWatch | undefined;
  #timer: NodeJS.Timeout | undefined;
  #team: TeamLayer | undefined;
  /** What was made last with bundles that are not in force, so that it need not be made twice. */
  #tried: { readonly hash: string | undefined; readonly on: Loaded; readonly loaded: Loaded } | undefined;
  #closed = false;
  /** Edits and readings, one after the other. */
  #work: Promise<void> = Promise.resolve();

  readonly keys: KeyKeeper;
  readonly editing: ConfigEditing;
  readonly providers: ProviderKeeper;
  readonly models: ModelKeeper;
  readonly profiles: ProfileKeeper;

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
    this.editing = createConfigEditing({ file, now, loaded, refresh, change, onLocked: options.onLocked });
    this.models = createModelKeeper({ catalogue, loaded, change });
    this.profiles = createProfileKeeper({ loaded, change });
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
    return this.#current().sets[0].config;
  }

  get written(): Config {
    return this.#current().parsed.config;
  }

  get applied(): TeamApplied | undefined {
    return appliedTo(this.#current().sets[0]);
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

  state(): ReturnType<ConfigStore['state']> {
    const rule = this.#loaded?.snapshot.policy?.noExport;
    return {
      export_refused: rule === undefined ? null : policyBlocked(rule, 'what is recorded may not be written into files'),
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
    const { parsed } = result;
    const { findings } = parsed;
    const warnings = [...findings.warnings];
    // Adds what only shows when it is put together. What it says about secrets is left out: they were not looked up.
    atOnce(this.#compile(parsed, parsed.sets, { resolutions: new Map(), files: new Map(), now }));
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

  listSecrets(): Promise<SecretBoxState> {
    return boxState(this.#options.host.secrets, this.config);
  }

  async openSecrets(work: (box: SecretBox) => Promise<void>): Promise<SecretBoxState> {
    return await this.#inTurn(async () => {
      await opened(() => work(this.#options.host.secrets), '');
      await this.#reload();
      return await this.listSecrets();
    });
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
    function* rewrite({ document, habits }: ParsedConfig): Steps<string> {
      change(document);
      return yield* rewritten(document, habits);
    }
    await this.#inTurn(() => this.#change({ rewrite }));
  }

  async rulesWith(candidate: CandidateFile): Promise<SafetyRules> {
    try {
      const read = readCandidate(candidate);
      const { sections, locate } = read;
      const { document, sets } = this.#current().parsed;
      // With a profile the sections in force stand in several places of the file. Bundles come on top, as always.
      const running = sets[0].profile === undefined ? (document.toJS() as object) : sets[0].config;
      const given = Object.entries(sections).filter(([, section]) => section !== undefined);
      // What is recorded is not tried, so that what is recorded now need not go with it.
      const apart = { logging: undefined, profiles: undefined, use_profile: undefined };
      const text = JSON.stringify({ ...running, ...Object.fromEntries(given), ...apart });
      const { snapshot } = await this.#load(text, { takenFrom: locate });
      checkEnabled(read);
      return { masking: snapshot.masking, firewall: snapshot.firewall };
    } catch (error) {
      throw refusal(error);
    }
  }

  async tryTeam(team: TeamLayer | undefined): Promise<TriedTeam> {
    const on = this.#current();
    const loaded = await this.#load(on.text, { team: { layer: team } });
    this.#tried = { hash: team?.hash, on, loaded };
    return { snapshot: loaded.snapshot, applied: appliedTo(loaded.sets[0]) };
  }

  async useTeam(team: TeamLayer | undefined): Promise<void> {
    await this.#inTurn(async () => {
      const on = this.#current();
      const tried = this.#tried;
      this.#tried = undefined;
      // Whatever was read since, a secret or a list of terms, is not in what was tried before.
      const isTried = tried !== undefined && tried.hash === team?.hash && tried.on === on;
      const loaded = isTried ? tried.loaded : await this.#load(on.text, { team: { layer: team } });
      await this.#options.ready?.(loaded.snapshot);
      this.#team = team;
      // What is wrong with the file stays wrong.
      const problems = this.#problems;
      this.#use(loaded);
      this.#problems = problems;
    });
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
    const { config } = this.#current().parsed;
    return [file, ...secretFilesIn(config), ...policyFilesIn(config, file)];
  }

  async #change(change: FileChange): Promise<FileChanged> {
    const { file, clock } = this.#options;
    const now = (): number => clock.now();
    const read = (): Promise<string | undefined> => this.#read();
    const changed = await changeFile({ file, now, read, load: (text) => this.#load(text) }, change);
    if (change.dryRun === true) return changed;
    await this.#options.ready?.(changed.loaded.snapshot);
    this.#use(changed.loaded);
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

  async #load(text: string, { takenFrom, team }: LoadOptions = {}): Promise<Loaded> {
    const { file, host, clock } = this.#options;
    const now = clock.now();
    const result = await inTurns(parseSteps(text, { file, now, takenFrom }));
    if (!result.ok) throw new ConfigError(result.problems);
    const { parsed } = result;
    const { config, findings } = parsed;
    if (this.#loaded === undefined) this.#team = await this.#options.team?.(config.policy_bundles);
    await nextTurn();
    const sets = await inTurns(setsUnder(team === undefined ? this.#team : team.layer, parsed, now));
    const resolutions = await resolveReferences(allReferences(sets[0].config), host);
    const files = await readPolicyFiles(config, file);
    const snapshot = await inTurns(this.#compile(parsed, sets, { resolutions, files, now }));
    if (snapshot === undefined) throw new ConfigError(findings.problems);
    return { text, parsed, sets, snapshot, resolutions, at: now };
  }

  #compile(
    parsed: ParsedConfig,
    sets: Loaded['sets'],
    input: Pick<CompileInput, 'resolutions' | 'files' | 'now'>,
  ): Steps<Snapshot | undefined> {
    const { clock, ownKey } = this.#options;
    const timezone = localTimeZone();
    return compileSteps(parsed, sets, {
      ...input,
      catalogue: this.#catalogue,
      currentTime: () => clock.now(),
      timezone,
      ownKey,
    });
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
    if (changed) this.#options.onSnapshot(loaded.snapshot, secretsIn(loaded.resolutions), this.config);
    this.#options.onRead?.();
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
      const loaded = await this.#load(text);
      await this.#options.ready?.(loaded.snapshot);
      this.#use(loaded);
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

interface LoadOptions {
  readonly takenFrom?: CandidateRules['locate'] | undefined;
  /** In place of what team bundles say now. */
  readonly team?: { readonly layer: TeamLayer | undefined } | undefined;
}

/** What the file can be run with under team bundles, which must leave every set as sound as it was. */
function* setsUnder(team: TeamLayer | undefined, { sets, document }: ParsedConfig, now: number): Steps<Loaded['sets']> {
  if (team === undefined) return sets;
  const all: Loaded['sets'][number][] = [];
  for (const set of sets) {
    const under = yield* teamSteps(set, team, (path) => document.hasIn(path));
    yield undefined;
    checkConfig(under.config, under.findings, { now });
    all.push(under);
    yield undefined;
  }
  const [first, ...others] = all;
  if (first === undefined) throw new Error('a file has at least itself to be run with');
  return [first, ...others];
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
