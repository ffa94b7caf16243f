/**
 * Whose prescribed rules were in force on this machine, kept beside the store of bundles: one that is taken away while no host can be
 * asked makes no machine of it that nobody manages.
 */
import * as z from 'zod';
import { GatewayError } from '../../shared/errors/gateway-error.ts';
import { writeFileAtomic } from '../kit/atomic-file.ts';
import type { FollowContext, Follower } from './follower.ts';
import { readStored } from './store-files.ts';

const maxBytes = 65_536;
const maxPublishers = 64;
const witnessFile = z.strictObject({ version: z.literal(1), publishers: z.array(z.string().max(128)) });

export class Witness {
  readonly #file: string;
  #publishers: readonly string[] = [];
  /** There is one, and nobody knows what it said: any publisher's rules may have been in force. */
  #isBroken = false;

  constructor(file: string) {
    this.#file = file;
  }

  /** Never rejects. */
  async open({ options }: Pick<FollowContext, 'options'>): Promise<void> {
    try {
      const text = await readStored(this.#file, maxBytes);
      if (text !== undefined) this.#publishers = witnessFile.parse(JSON.parse(text)).publishers;
    } catch (error) {
      this.#isBroken = true;
      options.log.warn('whose rules were in force here cannot be read', { file: this.#file, error: String(error) });
    }
  }

  /** Never rejects. */
  async note({ followers, options }: Pick<FollowContext, 'followers' | 'options'>): Promise<void> {
    const known = new Set(this.#publishers);
    const news = prescribedIn(followers).flatMap(({ source: { pin = '' }, standing }) =>
      standing.active === undefined || known.has(pin) ? [] : [pin],
    );
    if (news.length === 0) return;
    this.#publishers = [...new Set([...news, ...this.#publishers])].slice(0, maxPublishers);
    try {
      const text = JSON.stringify({ version: 1, publishers: this.#publishers }, undefined, 1);
      await writeFileAtomic(this.#file, `${text}\n`);
    } catch (error) {
      options.log.warn('whose rules are in force here was not kept', { file: this.#file, error: String(error) });
    }
  }

  /** Those of whose publishers something was in force here, and nothing is. */
  lost(context: Pick<FollowContext, 'followers' | 'recordOf'>): readonly Follower[] {
    const prescribed = prescribedIn(context.followers);
    const isLost = (follower: Follower): boolean => {
      const record = context.recordOf(follower);
      if (record?.highest) return record.active !== null;
      return this.#isBroken || this.#publishers.includes(follower.source.pin ?? '');
    };
    return prescribed.filter(({ source: { pin } }) => {
      const same = prescribed.filter(({ source }) => source.pin === pin);
      const isThere = ({ standing }: Follower): boolean =>
        standing.active !== undefined || standing.inactive !== undefined;
      return !same.some(isThere) && same.every(isLost);
    });
  }
}

/** Whose publisher nobody named says nothing of whose rules they are. */
function prescribedIn(followers: readonly Follower[]): readonly Follower[] {
  return followers.filter(({ source }) => source.managed && source.pin !== undefined && source.problem === undefined);
}

/** Why nothing may be answered before their host was reached. */
export function lostError([first]: readonly Follower[], directory: string): GatewayError {
  const why = first?.standing.error?.message ?? 'its host was not reached.';
  return new GatewayError(
    'bundle.stale',
    `The rules that are prescribed for this machine were in force here, and are gone from ${directory}. Sluice starts once they are there again. ${first?.source.url ?? ''}: ${why}`,
  );
}
