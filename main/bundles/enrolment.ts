/** Following a bundle from now on, and no longer: looked at first, then written into the config file (BND-40 to BND-45). */
import type { CallOutput, ParsedInput } from '../../shared/contract/contract.ts';
import type { BundlePreview } from '../../shared/contract/bundles.ts';
import { GatewayError } from '../../shared/errors/gateway-error.ts';
import { RecentMap } from '../kit/recent-map.ts';
import { activeOf, gateFor, take, tryActive, verifiedFor } from './activate.ts';
import type { Tried } from './candidate.ts';
import { secretName } from './cards.ts';
import { impactOf } from './changes.ts';
import { appendEntry, entryFor, pinEntry, removeEntry } from './enrolled-entries.ts';
import type { Following } from './following.ts';
import type { Follower } from './follower.ts';
import { parseBundleLink } from './fingerprint.ts';
import { dropImported, importedAddress, keepImported } from './imported.ts';
import { lookAt, type Looked } from './looking.ts';
import { previewOf } from './preview.ts';
import { maxBundles, notAllowed, sourceOf, tooMany, type Source } from './sources.ts';
import { newRecord } from './state.ts';

/** As many as people look at before they decide. */
const maxLooks = 8;
/** What was looked at longer ago is looked at anew. */
const lookLifeMs = 15 * 60_000;

interface Previewed {
  readonly url: string;
  readonly id: string;
  readonly fingerprint: string | null;
  readonly looked: Looked;
  /** Its bytes came from people, not from its host. */
  readonly given: boolean;
  /** The link named the fingerprint. */
  readonly pinned: boolean;
  readonly at: number;
}

export class Enrolment {
  readonly #following: Following;
  readonly #previewed = new RecentMap<Previewed>(maxLooks);

  constructor(following: Following) {
    this.#following = following;
  }

  async preview({ url, fingerprint, text }: ParsedInput<'bundles.preview'>): Promise<CallOutput<'bundles.preview'>> {
    const following = this.#following;
    this.#requireOpen();
    const source = sourceFrom(url, { trust: fingerprint, labels: {}, token: undefined });
    if (source.local && text === undefined) throw chooseFile();
    const looked = await this.#looked(source, text);
    const address = source.local ? importedAddress(following.options.directory, looked) : undefined;
    return await following.inTurn(async () => {
      await following.refreshFilled();
      const trial = following.trial({ ...source, url: address ?? source.url });
      const bundle = await verifiedFor(following, trial, looked);
      const gate = gateFor(following, trial, bundle.payload);
      const before = trial.standing.active?.bundle;
      const active = activeOf(bundle, gate, following.options.clock.now(), before?.payload);
      const tried = await tryActive(following, trial, active);
      this.#previewed.set(bundle.sha256, {
        ...{ url: source.url, looked, given: text !== undefined, pinned: source.pin !== undefined },
        id: bundle.payload.id,
        ...{ fingerprint: bundle.fingerprint ?? null, at: following.options.clock.monotonic() },
      });
      const impact = await this.#impact(tried);
      return previewOf({ ...{ source, bundle, before, tried, gated: gate, impact }, filled: following.filled });
    });
  }

  async join(input: ParsedInput<'bundles.join'>): Promise<CallOutput<'bundles.join'>> {
    const following = this.#following;
    this.#requireOpen();
    const { clock } = following.options;
    const { url } = linkOf(input.url);
    const seen = this.#previewed.get(input.sha256);
    const isSeen = seen?.url === url && seen.fingerprint === input.fingerprint;
    if (!isSeen || clock.monotonic() - seen.at > lookLifeMs) throw changedMeanwhile('It was not looked at just now.');
    const trust = input.confirmed || seen.pinned ? (input.fingerprint ?? undefined) : undefined;
    const asked = sourceFrom(url, { trust, labels: input.labels, token: undefined });
    const source = asked.local ? await this.#imported(asked, seen) : asked;
    if (!seen.given) await this.#requireSame(source, seen, input.sha256);
    return await following.inTurn(async () => {
      await following.refreshFilled();
      const known = source.local ? this.#followedAt(source.url) : undefined;
      const follower = known ?? (await this.#enrol(source, seen.looked, input));
      // The next version of a file that was chosen before.
      if (known !== undefined) await take(following, known, seen.looked);
      this.#previewed.delete(input.sha256);
      following.onFollowed(follower);
      return following.cardOf(follower);
    });
  }

  async confirmTrust({
    key,
    fingerprint,
  }: ParsedInput<'bundles.confirm_trust'>): Promise<CallOutput<'bundles.confirm_trust'>> {
    const following = this.#following;
    return await following.inTurn(async () => {
      const follower = following.find(key);
      if (follower.standing.active?.bundle.fingerprint !== fingerprint)
        throw new GatewayError(
          'bundle.fingerprint_mismatch',
          'This is not the fingerprint of the bundle that is followed here. Do not go on; ask its publisher.',
        );
      if (!follower.standing.confirmed && follower.source.pin === undefined)
        await confirm(following, follower, fingerprint);
      return following.cardOf(follower);
    });
  }

  async leave({ key, wipe_keys }: ParsedInput<'bundles.leave'>): Promise<CallOutput<'bundles.leave'>> {
    const following = this.#following;
    return await following.inTurn(async () => {
      const follower = following.find(key);
      if (follower.source.managed)
        throw new GatewayError(
          'bundle.managed',
          'Whoever manages this machine put the bundle here: it cannot be left. Ask them.',
        );
      const name = following.cardOf(follower).name;
      const slots = follower.standing.active?.bundle.payload.secrets ?? [];
      await following.target.edit((document) => removeEntry(document, follower.source.url));
      await following.remove(follower);
      await forget(following, follower);
      await dropImported(following.options.directory, key, follower.source.url);
      const wiped: string[] = [];
      for (const { id } of wipe_keys ? slots : [])
        if (await following.options.host.secrets.delete(secretName(key, id))) wiped.push(id);
      following.audit(
        'leave',
        follower,
        wiped.length === 0 ? 'It was left.' : `It was left; wiped: ${wiped.join(', ')}.`,
      );
      following.tell('left', follower, `${name} was left: its rules no longer hold.`);
      return { left: name, wiped };
    });
  }

  // -------------------------------------------------------------- insides

  async #imported(asked: Source, { id, looked }: Previewed): Promise<Source> {
    return { ...asked, url: await keepImported(this.#following.options.directory, id, looked) };
  }

  #followedAt(address: string): Follower | undefined {
    return this.#following.followers.find(({ source: { url } }) => url === address);
  }

  #requireOpen(): void {
    const closed = this.#following.closed();
    if (closed !== null) throw notAllowed(closed);
  }

  /** `null` where nothing was recorded that could tell. */
  async #impact({ snapshot }: Tried): Promise<BundlePreview['impact']> {
    const { options, target } = this.#following;
    const rows = (await options.recent?.()) ?? [];
    if (rows.length === 0) return null;
    return await impactOf({ rows, before: target.snapshot, after: snapshot, decide: options.tools.decide });
  }

  async #looked(source: Source, text: string | undefined): Promise<Looked> {
    const following = this.#following;
    const { options, proxyOnly, signal } = following;
    if (text !== undefined) return givenText(text);
    const known = following.followers.find(({ source: { url } }) => url === source.url);
    const token = known?.source.token;
    const look = await lookAt({
      ...{ options, proxyOnly, signal, etag: undefined, trust: undefined, needsFreshness: false },
      source: { ...source, token },
    });
    if (look.kind !== 'found') throw new Error('what is asked for as a whole is found or not');
    return look.looked;
  }

  /** What people looked at is what its host still serves: it may have waited until they had looked (TOFU swap). */
  async #requireSame(source: Source, seen: Previewed, sha256: string): Promise<void> {
    const again = await this.#looked(source, undefined);
    const isSame = (a: Uint8Array | undefined, b: Uint8Array | undefined): boolean =>
      Buffer.compare(a ?? Buffer.alloc(0), b ?? Buffer.alloc(0)) === 0;
    if (isSame(again.bundle, seen.looked.bundle) && isSame(again.trust, seen.looked.trust)) return;
    this.#previewed.delete(sha256);
    throw changedMeanwhile('Its host serves something else by now.');
  }

  async #enrol(source: Source, looked: Looked, input: ParsedInput<'bundles.join'>): Promise<Follower> {
    const following = this.#following;
    if (this.#followedAt(source.url) !== undefined)
      throw new GatewayError('control.refused', 'This bundle is followed here already.');
    if (following.followers.length >= maxBundles) throw tooMany();
    const { managed } = following.options;
    const follower = following.add({ ...source, labels: { ...input.labels, ...managed?.labels } });
    try {
      await take(following, follower, looked);
      await following.target.edit((document) => {
        appendEntry(document, entryFor(source, input.labels));
      });
    } catch (error) {
      await following.remove(follower);
      await forget(following, follower);
      throw error;
    }
    follower.timer.set(0);
    const by = source.pin === undefined ? 'with a fingerprint that nobody confirmed' : `pinned to ${source.pin}`;
    following.audit('enrol', follower, `Followed from ${source.url}, ${by}.`);
    following.tell('joined', follower, `${following.cardOf(follower).name} is followed from now on.`);
    return follower;
  }
}

async function confirm(following: Following, follower: Follower, fingerprint: string): Promise<void> {
  const { key, standing } = follower;
  const keep = (confirmed: boolean): Promise<void> =>
    following.state.change(key, (record) => record && { ...record, confirmed, fingerprint });
  await keep(true);
  standing.confirmed = true;
  try {
    await following.putInForce();
  } catch (error) {
    standing.confirmed = false;
    await keep(false);
    throw error;
  }
  following.audit('approve', follower, `Its fingerprint was confirmed: ${fingerprint}.`);
  if (follower.source.managed) return;
  // In the file it outlives what is remembered here, which knows it already.
  const { options, target } = following;
  try {
    await target.edit((document) => {
      pinEntry(document, follower.source.url, fingerprint);
    });
    follower.source = { ...follower.source, pin: fingerprint };
  } catch (error) {
    options.log.warn('the fingerprint of a bundle was not written into the config file', { key, error: String(error) });
  }
}

/** What protects against old versions stays: whoever follows it again is not told older things. */
async function forget(following: Following, follower: Follower): Promise<void> {
  const { key } = follower;
  await following.state.change(key, (record) => {
    if (record?.highest === null || record === undefined) return undefined;
    const { id, highest, trust } = record;
    // Not by its address: another bundle may be followed from there.
    return { ...newRecord(''), id, highest, trust };
  });
  const id = follower.standing.active?.bundle.payload.id;
  if (id !== undefined) await following.files.remove(id);
}

function sourceFrom(
  url: string,
  more: { trust: string | undefined; labels: Readonly<Record<string, string>>; token: string | undefined },
): Source {
  linkOf(url);
  return sourceOf({ url, ...more }, false);
}

/** Throws for what is no link to a bundle. */
function linkOf(url: string): { readonly url: string } {
  return parseBundleLink(url);
}

function chooseFile(): GatewayError {
  return new GatewayError(
    'control.refused',
    'A file is looked at when it is chosen, not by its path. Choose the file; or follow it by the config file: policy_bundles: [{ url: file:///… }].',
  );
}

function changedMeanwhile(why: string): GatewayError {
  return new GatewayError('bundle.changed_meanwhile', `${why} Look at it again before you follow it.`);
}

/** The text of a file: an envelope, or a list of it and the trust documents it needs. */
function givenText(text: string): Looked {
  const rest = { etag: undefined, trustEtag: undefined, freshness: undefined };
  if (!text.trimStart().startsWith('[')) return { ...rest, bundle: Buffer.from(text), trust: undefined };
  const parts = envelopesIn(text);
  const [bundle = '', ...trust] = parts;
  return {
    ...rest,
    bundle: Buffer.from(bundle),
    trust: trust.length === 0 ? undefined : Buffer.from(`[${trust.join(',')}]`),
  };
}

function envelopesIn(text: string): readonly string[] {
  try {
    const list: unknown = JSON.parse(text);
    return Array.isArray(list) ? list.map((part: unknown) => JSON.stringify(part)) : [];
  } catch {
    throw new GatewayError('bundle.malformed', 'This file is neither a bundle nor a list of envelopes.');
  }
}
