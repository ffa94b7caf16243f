/** What the steps of following one bundle share: the bundle itself, and what is around it. */
import type { BundleCard, BundleNotice } from '../../shared/contract/bundles.ts';
import type { Clock } from '../kit/clock.ts';
import type { BundleFiles } from './bundle-files.ts';
import type { Age } from './expiry.ts';
import type { BundlesOptions, BundleTarget } from './face.ts';
import { freshStanding, type Standing } from './followed.ts';
import type { Looked } from './looking.ts';
import { PollTimer } from './schedule.ts';
import { keyOfUrl, type Source } from './sources.ts';
import type { BundleRecord, BundleState } from './state.ts';
import type { LayeredBundle } from './types.ts';

export interface Follower {
  source: Source;
  /** Its id, once one was read. */
  key: string;
  readonly standing: Standing;
  readonly timer: PollTimer;
  /** The trust documents by which what is active was verified. */
  trust: Uint8Array | undefined;
  /** What its host has and was refused: tried again without fetching it again, as the reason may lie here. */
  refused: Looked | undefined;
  /** It is fetched as a whole at the next look: what is asked of it changed. */
  fetchWhole: boolean;
  /** Codes that people were told of since the last good look. */
  readonly told: Set<string>;
  phase: Age['phase'] | undefined;
  looking: Promise<void> | undefined;
  reporting: PollTimer | undefined;
  isGone: boolean;
}

export interface NewFollower {
  readonly clock: Clock;
  /** 0 to 1. */
  readonly random: () => number;
  /** In time. */
  readonly look: (follower: Follower) => void;
}

/** Of one of which nothing is known yet. Nothing is planned. */
export function createFollower(source: Source, { clock, random, look }: NewFollower): Follower {
  const run = (): void => {
    look(follower);
  };
  const follower: Follower = {
    ...{ source, key: keyOfUrl(source.url), standing: freshStanding(), timer: new PollTimer({ clock, random, run }) },
    ...{ trust: undefined, refused: undefined, fetchWhole: false, told: new Set<string>() },
    ...{ phase: undefined, looking: undefined, reporting: undefined, isGone: false },
  };
  return follower;
}

/** Names of secrets that are there; where that cannot be known, all might be. */
export type Filled = Pick<ReadonlySet<string>, 'has'>;

export interface FollowContext {
  readonly options: BundlesOptions;
  readonly state: BundleState;
  readonly files: BundleFiles;
  /** Throws before it was started. */
  readonly target: BundleTarget;
  readonly filled: Filled;
  readonly followers: readonly Follower[];
  /** Whether hosts are reached through the proxy of the system or not at all. */
  readonly proxyOnly: boolean;
  /** Aborted when all ends. */
  readonly signal: AbortSignal;
  /** 0 to 1. */
  random(): number;
  /** Whatever changes what is in force, one after the other. */
  inTurn<Result>(work: () => Promise<Result>): Promise<Result>;
  recordOf(follower: Follower): BundleRecord | undefined;
  /** What is in force of all others. */
  others(follower: Follower): readonly LayeredBundle[];
  /** The address from which a bundle of this id is followed otherwise. */
  followedFrom(id: string, apart: Follower): string | undefined;
  /** In its turn: nobody else has this id any more. */
  displace(id: string, apart: Follower): void;
  /** Why people may not follow further ones. */
  closed(): string | null;
  cardOf(follower: Follower): BundleCard;
  /** Puts in force what is followed now. Rejects where that cannot be run, and then what was in force stays. */
  putInForce(): Promise<void>;
  refreshFilled(): Promise<void>;
  /** Cards are others by now. */
  changed(): void;
  tell(kind: BundleNotice['kind'], follower: Follower, text: string, code?: string): void;
  audit(action: string, follower: Follower, detail: string): void;
}

/** For good: nothing of it runs or takes part any more. */
export function dismiss(follower: Follower): void {
  follower.isGone = true;
  follower.timer.stop();
  follower.reporting?.stop();
}
