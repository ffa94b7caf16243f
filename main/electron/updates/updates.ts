/** Finds updates, fetches them where that is wanted, and installs them when people say so (SEC-26…28). */
import { join } from 'node:path';
import type { DesktopPreferences, UpdateState } from '../../../shared/contract/desktop.ts';
import { GatewayError } from '../../../shared/errors/gateway-error.ts';
import type { DesktopText } from '../../../shared/text/desktop.ts';
import type { Clock } from '../../kit/clock.ts';
import type { Log } from '../../kit/log.ts';
import type { CrashEntry } from '../crash-journal.ts';
import { download } from './download.ts';
import { guardedGet, readBounded, type HttpGet } from './get.ts';
import type { Installer } from './installer.ts';
import { judge, openManifest, type Installation, type UpdateManifest, type UpdateOffer } from './manifest.ts';
import type { UpdateMemory } from './memory.ts';
import { reasonOf, UpdateProblem } from './problem.ts';
import type { Release, ReleaseReading } from './release.ts';
import { nextCheckInMs, type Timer } from './schedule.ts';
import { compareVersions } from './version.ts';

const maxManifestBytes = 256 * 1024;
/** 88 characters of base64, a line's end, and some room. */
const maxSignatureBytes = 512;
const checkTimeoutMs = 30_000;
/** One is an accident. */
const crashesWorthTelling = 3;

export interface UpdatesOptions {
  readonly release: ReleaseReading;
  readonly installation: Installation;
  readonly preference: () => DesktopPreferences['updates'];
  readonly get: HttpGet;
  readonly memory: UpdateMemory;
  /** For downloads alone. */
  readonly directory: string;
  /** Absent where updates are only told of. */
  readonly installer: Installer | undefined;
  /** Ends this app as people do, and calls `installAtQuit` at last. */
  readonly quit: () => void;
  /** Of this version, as the crash journal has them. */
  readonly crashes: readonly CrashEntry[];
  readonly text: () => DesktopText;
  readonly clock: Clock;
  readonly timer: Timer;
  readonly log: Log;
}

export interface Updates {
  state(): UpdateState;
  /** Looks now, whatever the preference says. Never rejects: what went wrong is in the state. */
  check(): Promise<UpdateState>;
  /** Fetches what is available, or ends the app to install what is ready. Rejects with `control.refused` when there is neither. */
  install(): Promise<UpdateState>;
  /**
   * For the very end of the app, when nothing is served any more: what was fetched is installed, by what ends this process itself. Once;
   * not without `automatic` or people's word. `isAwaited`: the app is to be there again afterwards. Resolves only where nothing is
   * installed: `true` when people wanted the new version now, and so want this one back.
   */
  installAtQuit(isAwaited: boolean): Promise<boolean>;
  /** The preference is another one, or the machine woke up: looks when that is due. */
  reschedule(): void;
  onChange(listener: (state: UpdateState) => void): () => void;
  stop(): void;
}

type Phase =
  | { readonly kind: 'idle' | 'checking' }
  | { readonly kind: 'failed'; readonly problem: UpdateProblem }
  | { readonly kind: 'available' | 'ready'; readonly offer: UpdateOffer }
  | { readonly kind: 'downloading'; readonly offer: UpdateOffer; readonly share: number };

export function createUpdates(options: UpdatesOptions): Updates {
  return options.release.kind === 'found'
    ? new RunningUpdates(options, options.release.release)
    : unsupported(options, options.release.kind);
}

function unsupported({ text }: UpdatesOptions, kind: 'absent' | 'broken'): Updates {
  const state = (): UpdateState => ({
    supported: false,
    reason: text().t(kind === 'absent' ? 'update.none' : 'update.bad_release'),
    ...{ state: 'idle', version: null, progress: null, last_checked_at: null, error: null },
  });
  return {
    state,
    check: async () => state(),
    install: () => Promise.reject(new GatewayError('control.refused', 'This build does not look for updates.')),
    installAtQuit: async () => false,
    reschedule: () => undefined,
    onChange: () => () => undefined,
    stop: () => undefined,
  };
}

class RunningUpdates implements Updates {
  readonly #options: UpdatesOptions;
  readonly #release: Release;
  readonly #startedAt: number;
  readonly #listeners = new Set<(state: UpdateState) => void>();
  readonly #ending = new AbortController();
  #phase: Phase = { kind: 'idle' };
  #checking: Promise<void> | undefined;
  #cancelTimer: (() => void) | undefined;
  /** People want the new version now. */
  #isRestarting = false;
  #isInstalling = false;

  constructor(options: UpdatesOptions, release: Release) {
    this.#options = options;
    this.#release = release;
    this.#startedAt = options.clock.now();
    this.#noteVersion();
    this.reschedule();
  }

  state(): UpdateState {
    const { memory, text } = this.#options;
    const phase = this.#phase;
    const { last_checked_at } = memory.facts;
    const error = phase.kind === 'failed' ? text().t(phase.problem.key, phase.problem.values) : this.#crashWarning();
    return {
      supported: true,
      reason: null,
      state: phase.kind,
      version: 'offer' in phase ? phase.offer.version : null,
      progress: phase.kind === 'downloading' ? phase.share : null,
      last_checked_at: last_checked_at === null ? null : new Date(last_checked_at).toISOString(),
      error,
    };
  }

  async check(): Promise<UpdateState> {
    this.#checking ??= this.#check().finally(() => {
      this.#checking = undefined;
      this.reschedule();
    });
    await this.#checking;
    return this.state();
  }

  async install(): Promise<UpdateState> {
    const { installer } = this.#options;
    const phase = this.#phase;
    if (installer === undefined) {
      throw new GatewayError(
        'control.refused',
        'On this system updates are installed by its package manager, or by you.',
      );
    }
    if (phase.kind === 'available') void this.#fetch(phase.offer, installer);
    else if (phase.kind === 'ready') await this.#endToInstall(installer);
    else if (phase.kind !== 'downloading')
      throw new GatewayError('control.refused', 'No update is ready to be installed.');
    return this.state();
  }

  async installAtQuit(isAwaited: boolean): Promise<boolean> {
    const { installer, preference } = this.#options;
    const isWanted = this.#isRestarting || preference() === 'automatic';
    if (installer === undefined || this.#phase.kind !== 'ready' || !isWanted || this.#isInstalling) return false;
    this.#isInstalling = true;
    try {
      return await installer.install({ restart: this.#isRestarting || isAwaited });
    } catch (error) {
      // Nobody is there any more to be told, and the version that ran is still there.
      this.#log('an update was not installed', error);
      return this.#isRestarting;
    }
  }

  reschedule(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    const { preference, clock, timer, memory } = this.#options;
    if (preference() === 'off' || this.#ending.signal.aborted || this.#checking !== undefined) return;
    const facts = { now: clock.now(), startedAt: this.#startedAt, lastCheckedAt: memory.facts.last_checked_at };
    this.#cancelTimer = timer(nextCheckInMs(facts), () => {
      this.#cancelTimer = undefined;
      // A timer may come early when the clock was set back; nothing is asked before its day.
      if (nextCheckInMs({ ...facts, now: clock.now() }) > 0) this.reschedule();
      else void this.check();
    });
  }

  onChange(listener: (state: UpdateState) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  stop(): void {
    this.#cancelTimer?.();
    this.#ending.abort();
    this.#listeners.clear();
  }

  async #check(): Promise<void> {
    const before = this.#phase;
    // What is being fetched or was fetched stays in sight; only something newer takes its place.
    const isBusy = before.kind === 'downloading' || before.kind === 'ready';
    if (!isBusy) this.#enter({ kind: 'checking' });
    try {
      const offer = await this.#look();
      await this.#options.memory.remember({ last_checked_at: this.#options.clock.now() });
      this.#take(offer, isBusy);
    } catch (error) {
      await this.#options.memory.remember({ last_checked_at: this.#options.clock.now() });
      if (isBusy) this.#log('an update could not be looked for', error);
      else this.#fail(error);
    }
  }

  #take(offer: UpdateOffer | undefined, isBusy: boolean): void {
    const { installer, preference } = this.#options;
    const phase = this.#phase;
    if (isBusy && (offer === undefined || !('offer' in phase) || offer.version === phase.offer.version)) return;
    if (offer === undefined) {
      this.#enter({ kind: 'idle' });
      return;
    }
    if (phase.kind === 'downloading') return;
    this.#enter({ kind: 'available', offer });
    if (preference() === 'automatic' && installer !== undefined) void this.#fetch(offer, installer);
  }

  async #look(): Promise<UpdateOffer | undefined> {
    const { installation, clock, memory } = this.#options;
    const { seen_version, seen_released_at } = memory.facts;
    const manifest = await this.#manifest();
    const facts = { ...installation, channel: this.#release.channel, now: clock.now() };
    const offer = judge(manifest, { ...facts, seenVersion: seen_version, seenReleasedAt: seen_released_at });
    // Only what passed counts as seen: nothing but the makers' signature moves it.
    await memory.remember({
      seen_version: compareVersions(manifest.version, seen_version) > 0 ? manifest.version : seen_version,
      seen_released_at: Math.max(seen_released_at, Date.parse(manifest.released_at)),
    });
    return offer;
  }

  async #manifest(): Promise<UpdateManifest> {
    const signal = AbortSignal.any([this.#ending.signal, AbortSignal.timeout(checkTimeoutMs)]);
    const read = async (name: string, limit: number): Promise<Buffer> => {
      const { url: base, hosts } = this.#release;
      const url = `${base}${name}`;
      const { host } = new URL(url);
      const answer = await guardedGet({ get: this.#options.get, url, hosts, signal });
      if (answer.status !== 200) throw new UpdateProblem('update.status', { host, status: String(answer.status) });
      return await readBounded(answer, { name, host, limit, signal });
    };
    const bytes = await read('update.json', maxManifestBytes);
    return openManifest(bytes, await read('update.json.sig', maxSignatureBytes), this.#release.key);
  }

  async #fetch(offer: UpdateOffer, installer: Installer): Promise<void> {
    const { file, version } = offer;
    if (file === undefined) return;
    const { directory, get } = this.#options;
    let told = 0;
    this.#enter({ kind: 'downloading', offer, share: 0 });
    const onProgress = (share: number): void => {
      // A hundred steps are enough for a bar, however many packets there are.
      if (share < told + 0.01) return;
      told = share;
      this.#enter({ kind: 'downloading', offer, share });
    };
    try {
      const { url: base, hosts } = this.#release;
      const url = `${base}${encodeURIComponent(file.name)}`;
      const fetched = await download({
        get,
        url,
        hosts,
        directory,
        file,
        version,
        onProgress,
        signal: this.#ending.signal,
      });
      await installer.stage(fetched, file);
      this.#enter({ kind: 'ready', offer });
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Nothing is given up for an update that would be refused afterwards. */
  async #endToInstall(installer: Installer): Promise<void> {
    try {
      await installer.check();
    } catch (error) {
      this.#fail(error);
      return;
    }
    this.#isRestarting = true;
    this.#options.quit();
  }

  #fail(error: unknown): void {
    if (this.#ending.signal.aborted) return;
    const problem =
      error instanceof UpdateProblem
        ? error
        : new UpdateProblem('update.installer', { reason: reasonOf(error) }, { cause: error });
    this.#log('an update was not taken', problem);
    this.#enter({ kind: 'failed', problem });
  }

  #log(message: string, error: unknown): void {
    this.#options.log.warn(message, { error });
  }

  #enter(phase: Phase): void {
    this.#phase = phase;
    const state = this.state();
    for (const listener of this.#listeners) listener(state);
  }

  /** Which version ran before this one, for those who want to go back. */
  #noteVersion(): void {
    const { memory, installation, clock } = this.#options;
    const { version } = installation;
    const { running_version } = memory.facts;
    if (running_version === version) return;
    const isUpdate = running_version !== null && compareVersions(version, running_version) > 0;
    void memory.remember({
      running_version: version,
      previous_version: isUpdate ? running_version : null,
      updated_at: clock.now(),
    });
  }

  /** Going back is people's own decision: a silent downgrade is what the rest of this file prevents (FAULT-53). */
  #crashWarning(): string | null {
    const { memory, crashes, installation, text } = this.#options;
    const { previous_version: previous, updated_at } = memory.facts;
    const since = crashes.filter(({ at }) => at >= updated_at).length;
    if (previous === null || since < crashesWorthTelling) return null;
    const values = { version: installation.version, count: since, previous, url: this.#release.releasesUrl };
    return text().t('update.crashing', values);
  }
}

/** Where updates keep what they need, in Electron's folder for this user. */
export function updateFiles(directory: string): { readonly memory: string; readonly downloads: string } {
  return { memory: join(directory, 'updates.json'), downloads: join(directory, 'updates') };
}
