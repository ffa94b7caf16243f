/** What following team bundles offers to the rest of the product, and what it is made with. */
import type { Config } from '../../shared/config/config.ts';
import type { AppStatus } from '../../shared/contract/app.ts';
import type { BundleNotice } from '../../shared/contract/bundles.ts';
import type { CallOutput, ParsedInput } from '../../shared/contract/contract.ts';
import type { TeamLayer } from '../config/team-layer.ts';
import type { ConfigStore } from '../config/store.ts';
import type { LogPort } from '../gateway/ports.ts';
import type { Host } from '../host/host.ts';
import type { Clock } from '../kit/clock.ts';
import type { Secret } from '../kit/secret.ts';
import type { ImpactRow } from './impact.ts';
import type { TransportLimits } from './transport.ts';
import type { GatewayTools } from './types.ts';

/** What whoever manages this machine prescribes (BND-44). */
export interface ManagedPolicy {
  readonly bundles: readonly { readonly url: string; readonly trust: string | undefined }[];
  readonly labels: Readonly<Record<string, string>>;
  /** Hosts whose `openai-compatible` providers need no consent. */
  readonly trustedHosts: readonly string[];
  /** Origins that providers may be moved to without consent. */
  readonly approvedOrigins: readonly string[];
  /** `false`: people here may follow no others. */
  readonly allowUserBundles: boolean;
  /** No port is opened before a valid bundle is loaded. */
  readonly requireFreshAtStart: boolean;
  /** Where it was read, for people. */
  readonly source: string;
}

export interface BundlesOptions {
  /** `bundles/` of the data directory. */
  readonly directory: string;
  /** File outside of it that says whose prescribed rules were in force here. */
  readonly witness: string;
  readonly host: Pick<Host, 'installKey' | 'secrets' | 'randomBytes'>;
  readonly clock: Clock;
  readonly log: LogPort;
  readonly tools: GatewayTools;
  /** `undefined`: nobody manages this machine. */
  readonly managed: ManagedPolicy | undefined;
  /** `policy_bundles` of the file, as they are now. */
  readonly enrolled: () => Config['policy_bundles'];
  /** What a `token` of the file stands for; `undefined`: it cannot be had. */
  readonly secretOf: (reference: string) => Promise<Secret | undefined>;
  /** The proxy for an origin that the system prescribes. */
  readonly systemProxy: (origin: string) => string | undefined;
  /** Exchanges of the last seven days, for what a bundle would have refused of them. */
  readonly recent?: (() => Promise<readonly ImpactRow[]>) | undefined;
  /** Of looking at hosts, where they differ from those of BND-50. */
  readonly limits?: Partial<TransportLimits> | undefined;
  readonly platform: NodeJS.Platform;
  readonly appVersion: string;
  /** Also of what is told of what happens to bundles. */
  readonly onChange: (hash: string) => void;
  readonly onNotice: (notice: BundleNotice) => void;
}

/** How bundles come to be in force: the config store. */
export type BundleTarget = Pick<
  ConfigStore,
  'tryTeam' | 'useTeam' | 'edit' | 'applied' | 'written' | 'config' | 'snapshot'
>;

/** Promises may reject with a `GatewayError`, whose message reaches the caller. */
export interface Bundles {
  /**
   * Called once, before the store's first snapshot, with `policy_bundles` of the file: what was last good, read from disk, verified
   * and checked anew. `undefined` where no bundle is followed, or none can be used. Never rejects for what the disk holds.
   */
  restore(enrolled: Config['policy_bundles']): Promise<TeamLayer | undefined>;
  /**
   * From now on what bundles say is put in force through the store, and their hosts are looked at. Where `mustLookFirst` it
   * resolves once a valid one is in force, or rejects.
   */
  start(target: BundleTarget): Promise<void>;
  /** Once restored: no port may be opened before `start` resolved. */
  readonly mustLookFirst: boolean;
  /** The file was read anew: what it follows may have changed. */
  enrolledChanged(): void;
  /** The machine woke up, or is on another network: look soon. */
  wake(): void;
  /** In as little as a status has room for. */
  standing(): AppStatus['bundles'];
  list(): CallOutput<'bundles.list'>;
  preview(input: ParsedInput<'bundles.preview'>): Promise<CallOutput<'bundles.preview'>>;
  join(input: ParsedInput<'bundles.join'>): Promise<CallOutput<'bundles.join'>>;
  confirmTrust(input: ParsedInput<'bundles.confirm_trust'>): Promise<CallOutput<'bundles.confirm_trust'>>;
  leave(input: ParsedInput<'bundles.leave'>): Promise<CallOutput<'bundles.leave'>>;
  check(input: ParsedInput<'bundles.check'>): Promise<CallOutput<'bundles.check'>>;
  approve(input: ParsedInput<'bundles.approve'>): Promise<CallOutput<'bundles.approve'>>;
  report(input: ParsedInput<'bundles.report'>): Promise<CallOutput<'bundles.report'>>;
  reportPreview(input: ParsedInput<'bundles.report_preview'>): CallOutput<'bundles.report_preview'>;
  history(input: ParsedInput<'bundles.history'>): Promise<CallOutput<'bundles.history'>>;
  effective(input: ParsedInput<'bundles.effective'>): Promise<CallOutput<'bundles.effective'>>;
  audit(input: ParsedInput<'bundles.audit'>): Promise<CallOutput<'bundles.audit'>>;
  /** Somebody did something about rules that is to be kept: an override that was tried, a reason that was given. */
  note(action: string, detail: string): void;
  /** Ends all that runs. */
  stop(): Promise<void>;
}
