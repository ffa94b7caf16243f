/** All bundles that are followed here, and what is in force of them together. */
import type { Config } from '../../shared/config/config.ts';
import type { BundleCard, BundleNotice } from '../../shared/contract/bundles.ts';
import { GatewayError } from '../../shared/errors/gateway-error.ts';
import type { TeamLayer } from '../config/team-layer.ts';
import { refuse } from './activate.ts';
import { Aging } from './aging.ts';
import type { AuditLog } from './audit-log.ts';
import type { BundleFiles } from './bundle-files.ts';
import { refusedByConfig } from './candidate.ts';
import { cardOf } from './cards.ts';
import { regate } from './consent.ts';
import type { BundlesOptions, BundleTarget } from './face.ts';
import { ageNow, inLayerOrder, layered, lookError } from './followed.ts';
import { createFollower, dismiss, type Filled, type FollowContext, type Follower } from './follower.ts';
import { inForce } from './held.ts';
import { LocalWatch } from './local-watch.ts';
import { Looks, requireValid } from './looks.ts';
import { appRulesOf, createTeamLayer } from './merge/merge.ts';
import { lineUp, restoreAll } from './roster.ts';
import { closedBy, keyOfUrl, sourcesOf, type Source } from './sources.ts';
import type { BundleRecord, BundleState } from './state.ts';
import { tellConflicts } from './tell-conflicts.ts';
import type { LayeredBundle } from './types.ts';
import { lostError, Witness } from './witness.ts';

const nothing: Filled = new Set<string>();

export interface FollowingParts {
  readonly options: BundlesOptions;
  readonly state: BundleState;
  readonly files: BundleFiles;
  readonly auditLog: AuditLog;
}

export class Following implements FollowContext {
  readonly options: BundlesOptions;
  readonly state: BundleState;
  readonly files: BundleFiles;
  readonly auditLog: AuditLog;
  readonly #stopping = new AbortController();
  readonly #aging = new Aging(this);
  readonly #watch = new LocalWatch(this, (follower) => void this.look(follower));
  readonly #looks = new Looks(this, async (follower) => {
    await this.inTurn(() => this.#aging.look());
    this.onFollowed(follower);
    this.changed();
  });
  readonly #witness: Witness;
  #isLost = false;
  #followers: readonly Follower[] = [];
  #target: BundleTarget | undefined;
  #filled: Filled = nothing;
  #names = '';
  /** Of what the store was given last. */
  #layerHash: string | undefined;
  #work: Promise<unknown> = Promise.resolve();
  /** Of a follower whose agreement to reports may have changed. */
  onFollowed: (follower: Follower) => void = () => undefined;

  constructor({ options, state, files, auditLog }: FollowingParts) {
    [this.options, this.state, this.files, this.auditLog] = [options, state, files, auditLog];
    this.#witness = new Witness(options.witness);
  }

  // -------------------------------------------------------------- for its parts

  get target(): BundleTarget {
    if (this.#target === undefined) throw new Error('following bundles was not started');
    return this.#target;
  }

  get filled(): Filled {
    return this.#filled;
  }

  get followers(): readonly Follower[] {
    return this.#followers;
  }

  get signal(): AbortSignal {
    return this.#stopping.signal;
  }

  get proxyOnly(): boolean {
    return this.#target?.snapshot.policy?.proxyOnly !== undefined;
  }

  random(): number {
    return Buffer.from(this.options.host.randomBytes(4)).readUInt32BE(0) / 2 ** 32;
  }

  recordOf({ key }: Follower): BundleRecord | undefined {
    return this.state.get(key);
  }

  others(apart: Follower): readonly LayeredBundle[] {
    return this.#layers(this.#followers.filter(({ source }) => source.url !== apart.source.url));
  }

  followedFrom(id: string, apart: Follower): string | undefined {
    // What is prescribed gives way to nobody's choice.
    const other = this.#others(id, apart).find(({ source }) => source.managed || !apart.source.managed);
    return other?.source.url;
  }

  displace(id: string, apart: Follower): void {
    for (const other of this.#others(id, apart)) {
      const text = `Whoever manages this machine prescribes the bundle ${id} from another address.`;
      this.audit('reject', other, text);
      other.key = keyOfUrl(other.source.url);
      other.standing.active = undefined;
      other.standing.error = lookError(new GatewayError('bundle.id_mismatch', text), this.options.clock.now());
    }
  }

  #others(id: string, apart: Follower): readonly Follower[] {
    return this.#followers.filter(({ source, key }) => source.url !== apart.source.url && key === id);
  }

  async inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const run = this.#work.then(() => {
      this.signal.throwIfAborted();
      return work();
    });
    this.#work = run.catch(() => undefined);
    return await run;
  }

  async putInForce(): Promise<void> {
    if (this.#target === undefined) return;
    const layers = inLayerOrder(this.#layers(this.#followers));
    const team = layers.length === 0 ? undefined : createTeamLayer(layers);
    if (team?.hash !== this.#layerHash) await this.#target.useTeam(team);
    this.#layerHash = team?.hash;
    tellConflicts(this, layers);
    await this.#witness.note(this);
  }

  changed(): void {
    this.options.onChange(this.hash);
  }

  /** Of what is in force; empty where nothing is enforced by anybody. */
  get hash(): string {
    return this.#target?.snapshot.policy?.hash ?? '';
  }

  tell(kind: BundleNotice['kind'], follower: Follower, text: string, code?: string): void {
    const { name, version } = this.cardOf(follower);
    this.options.onNotice({ kind, key: follower.key, name, version, text, code: code ?? null });
  }

  audit(action: string, follower: Follower, detail: string): void {
    const payload = follower.standing.active?.bundle.payload;
    const version = payload === undefined ? null : `${payload.epoch}.${payload.version}`;
    void this.auditLog.append({ action, bundle: follower.key, version, detail });
  }

  // -------------------------------------------------------------- who is followed

  async restore(enrolled: Config['policy_bundles']): Promise<TeamLayer | undefined> {
    const sources = sourcesOf(this.options.managed, enrolled);
    this.#followers = sources.map((source) => this.#created(source));
    await restoreAll(this, this.#followers, sources);
    const layers = inLayerOrder(this.#layers(this.#followers));
    const layer = layers.length === 0 ? undefined : createTeamLayer(layers);
    this.#layerHash = layer?.hash;
    await this.#witness.open(this);
    const lost = this.#witness.lost(this);
    this.#isLost = lost.length > 0;
    for (const follower of lost) this.audit('reject', follower, 'What was in force of it is gone from this machine.');
    return layer;
  }

  async start(target: BundleTarget): Promise<void> {
    this.#target = target;
    await this.inTurn(async () => {
      await this.#lineUp();
      for (const follower of this.#followers) await regate(this, follower);
      await this.#aging.look();
    });
    const looks = Promise.all(this.#followers.map((follower) => this.look(follower)));
    if (!this.mustLookFirst) return;
    await looks;
    if (this.options.managed?.requireFreshAtStart === true) requireValid(this.#followers);
    const lost = this.#witness.lost(this);
    if (lost.length > 0) throw lostError(lost, this.options.directory);
  }

  /** Nothing may be answered before hosts were looked at: it is prescribed, or what is prescribed was taken away. */
  get mustLookFirst(): boolean {
    return this.options.managed?.requireFreshAtStart === true || this.#isLost;
  }

  /** What is followed may have changed, or which secrets there are. */
  async reconcile(): Promise<void> {
    // At the start that is looked at anyway, and before it there is no file to speak of.
    if (this.#target === undefined) return;
    await this.inTurn(async () => {
      for (const follower of await this.#lineUp()) void this.look(follower);
    });
  }

  /** Answers with those that are new. */
  async #lineUp(): Promise<readonly Follower[]> {
    const { followers, fresh, gone } = await lineUp(this, (source) => this.#created(source));
    this.#followers = followers;
    this.#watch.follow();
    if (followers.length > 0) await this.refreshFilled();
    for (const follower of fresh) await regate(this, follower);
    if (gone.length === 0 && fresh.length === 0) return fresh;
    try {
      await this.putInForce();
    } catch (error) {
      // What was last good of them was so with another file.
      for (const follower of fresh) {
        follower.standing.active = undefined;
        await refuse(this, follower, refusedByConfig(error));
      }
      await this.putInForce();
    }
    this.changed();
    if (gone.length > 0) this.#lookAtOthers();
    return fresh;
  }

  /** One that was followed from elsewhere may have been waited for. */
  #lookAtOthers(): void {
    for (const follower of this.#followers)
      if (follower.standing.error?.code === 'bundle.id_mismatch') void this.look(follower);
  }

  async stop(): Promise<void> {
    this.#stopping.abort(new GatewayError('control.refused', 'Sluice is ending.'));
    this.#aging.stop();
    await this.#watch.close();
    for (const follower of this.#followers) dismiss(follower);
    await Promise.allSettled([...this.#followers.map(({ looking }) => looking), this.#work]);
    await this.auditLog.close();
  }

  /** By what it is known here. Throws where nothing is. */
  find(key: string): Follower {
    const found = this.#followers.find((follower) => follower.key === key);
    if (found === undefined) throw new GatewayError('control.not_found', `No bundle "${key}" is followed here.`);
    return found;
  }

  /**
   * One that takes part in nothing: for what is only tried, as if its fingerprint were confirmed. It goes on from what is followed
   * from there already, if anything is.
   */
  trial(source: Source): Follower {
    const present = this.#followers.find(({ source: { url } }) => url === source.url) ?? this.#created(source);
    return { ...present, source, standing: { ...present.standing, confirmed: true } };
  }

  /** In its turn: follows one that is in the file since just now. */
  add(source: Source): Follower {
    const follower = this.#created(source);
    this.#followers = [...this.#followers, follower];
    return follower;
  }

  /** In its turn: its rules are no longer in force when it resolves. */
  async remove(follower: Follower): Promise<void> {
    dismiss(follower);
    this.#followers = this.#followers.filter((one) => one !== follower);
    await this.putInForce();
    this.#lookAtOthers();
  }

  /** Why people may not follow further ones. */
  closed(): string | null {
    const { managed } = this.options;
    if (managed?.allowUserBundles === false) return closedBy(managed);
    const layers = this.#layers(this.#followers);
    if (layers.length === 0 || appRulesOf(layers).allowUserBundles) return null;
    return 'A team bundle that is followed here allows no others.';
  }

  cardOf(follower: Follower): BundleCard {
    const { key, source, standing } = follower;
    const record = this.recordOf(follower);
    const nextCheckAt = follower.timer.nextAt;
    return cardOf({
      ...{ key, source, standing: { ...standing, nextCheckAt } },
      ...{ age: ageNow(standing, this.state.now()), wasAt: this.#wasAt(), filled: this.#filled },
      lastCheckedAt: record?.last_checked ?? undefined,
      lastVerifiedAt: record?.last_ok ?? undefined,
      report: { agreed: this.reportsTo(follower) !== undefined, lastSentAt: record?.report?.last_sent_at ?? undefined },
    });
  }

  /** Clocks are set right by a little all the time. */
  #wasAt(): number | undefined {
    const [latest, now] = [this.state.now(), this.options.clock.now()];
    return latest - now > 3_600_000 ? latest : undefined;
  }

  /** Where it is told of what is in force: it asked, and somebody agreed. */
  reportsTo(follower: Follower): string | undefined {
    const { active } = follower.standing;
    if (active === undefined || this.recordOf(follower)?.report?.agreed === false) return undefined;
    return inForce(active.bundle.payload, active.held).status?.url ?? undefined;
  }

  // -------------------------------------------------------------- looking

  /** At most one at a time of each. Never rejects. */
  async look(follower: Follower): Promise<void> {
    await this.#looks.look(follower);
  }

  /** Time may have passed in which nothing ran. */
  ageSoon(): void {
    this.#aging.soon();
  }

  // -------------------------------------------------------------- insides

  #layers(followers: readonly Follower[]): LayeredBundle[] {
    const now = this.state.now();
    return followers.flatMap(({ source, standing, isGone }) => {
      const one = isGone ? undefined : layered(source, standing, now);
      return one === undefined ? [] : [one];
    });
  }

  #created(source: Source): Follower {
    const { clock } = this.options;
    const look = (follower: Follower): void => void this.look(follower);
    return createFollower(source, { clock, random: () => this.random(), look });
  }

  async refreshFilled(): Promise<void> {
    try {
      const names = [...(await this.options.host.secrets.list())].sort();
      const isNews = this.#names !== names.join(' ');
      [this.#filled, this.#names] = [new Set(names), names.join(' ')];
      if (isNews) this.changed();
    } catch (error) {
      // No credential goes anywhere because its name could not be read.
      this.#filled = { has: () => true };
      this.options.log.warn('the names of secrets cannot be read', { error: String(error) });
    }
  }
}
