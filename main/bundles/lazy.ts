/** Following bundles, loaded when there is one to follow or somebody asks: most starts have none, and wait for nothing. */
import type { Bundles, BundlesOptions, BundleTarget } from './face.ts';
import type { GatewayTools } from './types.ts';

/** What people ask for; answers come when it is loaded. */
type Asked = Omit<
  Bundles,
  'restore' | 'start' | 'mustLookFirst' | 'enrolledChanged' | 'wake' | 'standing' | 'note' | 'stop'
>;
type Answers = {
  readonly [Name in keyof Asked]: (...input: Parameters<Asked[Name]>) => Promise<Awaited<ReturnType<Asked[Name]>>>;
};

/** As `Bundles` has it. */
export interface FollowedBundles
  extends
    Answers,
    Pick<Bundles, 'restore' | 'start' | 'mustLookFirst' | 'enrolledChanged' | 'wake' | 'standing' | 'note' | 'stop'> {}

/** `tools` are dear to load as well. */
export type LazyOptions = Omit<BundlesOptions, 'tools'> & { readonly tools: () => Promise<GatewayTools> };

export function lazyBundles(options: LazyOptions): FollowedBundles {
  return new LazyBundles(options);
}

class LazyBundles implements FollowedBundles {
  readonly #options: LazyOptions;
  #opening: Promise<Bundles> | undefined;
  #opened: Bundles | undefined;
  #starting: Promise<void> | undefined;
  #target: BundleTarget | undefined;
  #isStopped = false;

  constructor(options: LazyOptions) {
    this.#options = options;
  }

  async restore(enrolled: Parameters<Bundles['restore']>[0]): ReturnType<Bundles['restore']> {
    if (enrolled.length === 0 && this.#options.managed === undefined) return undefined;
    return await (await this.#open()).restore(enrolled);
  }

  async start(target: BundleTarget): Promise<void> {
    this.#target = target;
    if (this.#opened !== undefined) await this.#startOnce(this.#opened, target);
  }

  get mustLookFirst(): boolean {
    return this.#opened?.mustLookFirst ?? this.#options.managed?.requireFreshAtStart === true;
  }

  enrolledChanged(): void {
    if (this.#opened !== undefined) this.#opened.enrolledChanged();
    else if (this.#target !== undefined && this.#options.enrolled().length > 0) this.#load();
  }

  wake(): void {
    this.#opened?.wake();
  }

  standing(): ReturnType<Bundles['standing']> {
    return this.#opened?.standing() ?? [];
  }

  note(action: string, detail: string): void {
    if (this.#opened !== undefined) this.#opened.note(action, detail);
    else void this.#running().then((bundles) => bundles.note(action, detail), this.#failed);
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    // Where it could not be opened there is nothing to end; why is known to whoever asked for it.
    await this.#opening?.then(
      (bundles) => bundles.stop(),
      () => undefined,
    );
  }

  readonly list: FollowedBundles['list'] = async () => (await this.#running()).list();
  readonly preview: FollowedBundles['preview'] = async (input) => (await this.#running()).preview(input);
  readonly join: FollowedBundles['join'] = async (input) => (await this.#running()).join(input);
  readonly confirmTrust: FollowedBundles['confirmTrust'] = async (input) => (await this.#running()).confirmTrust(input);
  readonly leave: FollowedBundles['leave'] = async (input) => (await this.#running()).leave(input);
  readonly check: FollowedBundles['check'] = async (input) => (await this.#running()).check(input);
  readonly approve: FollowedBundles['approve'] = async (input) => (await this.#running()).approve(input);
  readonly report: FollowedBundles['report'] = async (input) => (await this.#running()).report(input);
  readonly reportPreview: FollowedBundles['reportPreview'] = async (input) =>
    (await this.#running()).reportPreview(input);
  readonly history: FollowedBundles['history'] = async (input) => (await this.#running()).history(input);
  readonly effective: FollowedBundles['effective'] = async (input) => (await this.#running()).effective(input);
  readonly audit: FollowedBundles['audit'] = async (input) => (await this.#running()).audit(input);

  /** Loaded once; started too where the store is there. */
  async #running(): Promise<Bundles> {
    const bundles = await this.#open();
    if (this.#target !== undefined) await this.#startOnce(bundles, this.#target);
    return bundles;
  }

  #startOnce(bundles: Bundles, target: BundleTarget): Promise<void> {
    this.#starting ??= this.#isStopped ? Promise.resolve() : bundles.start(target);
    return this.#starting;
  }

  #open(): Promise<Bundles> {
    this.#opening ??= this.#loaded();
    return this.#opening;
  }

  async #loaded(): Promise<Bundles> {
    const [{ openBundles }, tools] = await Promise.all([import('./open.ts'), this.#options.tools()]);
    this.#opened = await openBundles({ ...this.#options, tools });
    return this.#opened;
  }

  #load(): void {
    void this.#running().catch(this.#failed);
  }

  readonly #failed = (error: unknown): void => {
    if (!this.#isStopped) this.#options.log.error('bundles cannot be followed', { error: String(error) });
  };
}
