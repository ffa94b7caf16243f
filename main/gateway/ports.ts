/** What the data plane needs from outside, and the snapshot of configuration it runs on. */
import type { DialectId } from '../../shared/domain/dialect.ts';
import type { Price } from '../../shared/domain/price.ts';
import type { Usage, UsageSource } from '../../shared/domain/usage.ts';
import type { QualityPrior } from '../../shared/domain/prompt-type.ts';
import type { Condition } from '../../shared/config/condition.ts';
import type { FallbackReason, Strategy } from '../../shared/config/route.ts';
import type { Clock } from '../kit/clock.ts';
import type { Secret } from '../kit/secret.ts';
import type { ProviderKind } from '../../shared/config/provider.ts';
import type { ExchangeRecord } from './exchange.ts';
import type { TargetRules } from './dialects/dialect.ts';
import type { FirewallRule, Masking } from './ports-safety.ts';
import type { Budget, RateLimit } from './ports-limits.ts';
import type { AccessPolicy } from './ports-policy.ts';

export type { Budget, BudgetAction, BudgetPeriod, BudgetScope, RateLimit } from './ports-limits.ts';
export type { FirewallRule, KindPolicy, Masking, MaskOverride, MaskPattern, MaskTerm } from './ports-safety.ts';
export type {
  AccessPolicy,
  AwaitedProvider,
  McpServer,
  PolicyLimit,
  PolicyRule,
  Requirement,
  RoutesOnly,
  ToolPolicy,
} from './ports-policy.ts';

export interface Random {
  /** In [0, 1). */
  next(): number;
  /** `count` random letters and digits. */
  id(count: number): string;
}

/** Where the course of requests is written down. All calls return at once and never throw. */
export interface LedgerPort {
  /** Opened at admit: an exchange that never closes was interrupted. */
  open(record: ExchangeRecord): void;
  /** Closed at settle, once, with the whole record. */
  close(record: ExchangeRecord): void;
  /**
   * Keeps what decisions on this snapshot rest on, so that they can be derived again. `id` is the `snapshotId` of their
   * exchanges; the same one again does nothing. `body` is called later, perhaps more than once, and gives plain data
   * without secrets.
   */
  keepSnapshot(id: string, body: () => unknown): void;
  /**
   * Keeps what was said in an exchange, without the secrets that are known; handed over when it settles, once for each part.
   * `false`: it is not kept. Absent: nothing that was said is.
   */
  keepBody?(body: ExchangeBody): boolean;
}

/** What a client sent, or what it got. */
export interface ExchangeBody {
  readonly requestId: string;
  readonly part: 'request' | 'answer';
  /** Text in UTF-8, as it went over the wire but for its encoding. Not to be changed. */
  readonly bytes: Uint8Array;
  /** Secrets of this request alone, which nobody else knows. */
  readonly secrets?: readonly string[] | undefined;
}

/** One window of one budget, of one whose spending it counts: what an amount is added to. */
export interface BudgetCount {
  /** Id of the budget. */
  readonly budget: string;
  /** Who spends, e.g. the id of a key; empty where all share one sum. */
  readonly subject: string;
  /** `day:1764374400000`: the period and the moment the window began, milliseconds since 1970; `session` has no end. */
  readonly window: string;
}

/** What is written ahead of money and after it (BUD-02, BUD-03). Amounts are whole pico-USD. */
export type SpendNote =
  | {
      readonly kind: 'dispatched';
      /** `<request id>/<number of the try>`: the same one again changes nothing. */
      readonly id: string;
      /** Milliseconds since 1970. */
      readonly at: number;
      readonly target: string;
      /** Upper bound of what it can cost; `undefined` where nothing counts it and no price is known. */
      readonly bound: number | undefined;
      readonly counts: readonly BudgetCount[];
    }
  | {
      readonly kind: 'ended';
      readonly id: string;
      readonly state: SpendState;
      /** What its budgets counted; `undefined` while the price is unknown and nothing counts it. */
      readonly amount: number | undefined;
      readonly usage: Usage | undefined;
      readonly usageSource: UsageSource;
    }
  /** A reservation grew while its answer ran. */
  | { readonly kind: 'extended'; readonly id: string; readonly bound: number }
  | {
      readonly kind: 'raised';
      readonly id: string;
      readonly at: number;
      readonly count: BudgetCount;
      /** Pico-USD, decimal digits. */
      readonly amount: string;
      /** Who asked for it, and why, in the owner's words. */
      readonly note: string;
    }
  | { readonly kind: 'alerted'; readonly at: number; readonly count: BudgetCount; readonly share: number };

/**
 * `settled` by the provider's own count, `estimated` from what was seen (or at the bound, after a crash), `released` when
 * nothing can have been charged.
 */
export type SpendState = 'settled' | 'estimated' | 'released';

/** Where money is written down before it can be spent. Never throws. */
export interface SpendPort {
  /** `true`: it is with the operating system and survives the death of this process. `false`: it cannot be written now. */
  note(note: SpendNote): boolean;
  /** `true` once everything noted so far survives a loss of power as well. Many callers share one wait. */
  secured(): Promise<boolean>;
}

/** What the budgets know, as it is kept from run to run. JSON. */
export interface BudgetState {
  readonly balances: readonly BudgetBalance[];
  /** Tries that were sent and have not ended. */
  readonly outstanding: readonly Extract<SpendNote, { kind: 'dispatched' }>[];
  /**
   * What was written down was lost: windows that began before this moment (milliseconds since 1970) may have cost more than
   * the balances say. `undefined`: everything is known.
   */
  readonly unknownBefore?: number | undefined;
}

export interface BudgetBalance extends BudgetCount {
  /** Pico-USD that ended tries cost, decimal digits. */
  readonly spent: string;
  /** Sum of one-off raises, pico-USD, decimal digits. */
  readonly raised: string;
  /** Shares of the limit that were told. */
  readonly alerted: readonly number[];
}

/** What `GET /metrics` tells. Never throws, never rejects for want of a figure. */
export interface MetricsPort {
  /**
   * Prometheus text; `undefined` where the config switched it off. `all` is for a caller with a key: without it figures of
   * the process only, no spend and no names of keys, people, clients, providers or models (SEC-01).
   */
  text(asked: {
    readonly all: boolean;
    /** Exchanges in flight. */
    readonly running: number;
  }): Promise<{ readonly contentType: string; readonly text: string } | undefined>;
  /** A request was refused before there was an exchange to record. */
  refused(code: string): void;
}

export interface LogPort {
  debug(message: string, fields?: Readonly<Record<string, unknown>>): void;
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
  error(message: string, fields?: Readonly<Record<string, unknown>>): void;
}

export interface GatewayPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly ledger: LedgerPort;
  readonly spend: SpendPort;
  readonly log: LogPort;
  /** Absent: nothing is counted, and there is no `/metrics`. */
  readonly metrics?: MetricsPort | undefined;
  /** Proxy the operating system or environment prescribes for an origin; `undefined` means direct. */
  readonly systemProxy: (origin: string) => string | undefined;
  /** Secret of this installation: proves the port is ours (`/health?challenge=`). */
  readonly installKey: Secret;
}

// ---------------------------------------------------------------- snapshot

/** Compiled configuration: immutable, swapped in one assignment; a request keeps the one it started with. */
export interface Snapshot {
  /** Hash of what it was compiled from. */
  readonly id: string;
  readonly listen: ListenSettings;
  readonly providers: ReadonlyMap<string, Provider>;
  readonly routes: readonly Route[];
  readonly keys: KeyTable;
  /** Those beyond single keys and teams. */
  readonly budgets: readonly Budget[];
  /** Those of keys and teams as well, for whoever keeps balances. */
  readonly allBudgets: readonly Budget[];
  readonly rateLimits: readonly RateLimit[];
  /**
   * Whether what is said is recorded: nothing of it; as it left the machine, with placeholders; or as clients send and get it.
   */
  readonly recording: 'none' | 'redacted' | 'full';
  /** `undefined`: nothing is looked for and nothing replaced. */
  readonly masking: Masking | undefined;
  /** In the order of the file. */
  readonly firewall: readonly FirewallRule[];
  /** What holds for every key: of the file, and of team bundles. Absent: nothing does. */
  readonly policy?: AccessPolicy | undefined;
  /**
   * Requests pass through to the model they name while people pause: there are no routes, and nothing is masked. Names of the
   * routes that rest meanwhile; absent while there is no such pause.
   */
  readonly resting?: readonly string[] | undefined;
}

/** What may be used; denials win. Models are globs, providers ids or globs, surfaces their ids. */
export interface AccessRules {
  readonly allowedModels: readonly string[];
  readonly deniedModels: readonly string[];
  readonly allowedProviders: readonly string[];
  readonly deniedProviders: readonly string[];
  readonly allowedSurfaces: readonly string[];
  readonly deniedSurfaces: readonly string[];
}

/** Keys whose metadata name it share its rules, budgets and limits. */
export interface Team extends AccessRules {
  readonly id: string;
  readonly budgets: readonly Budget[];
  readonly rateLimits: readonly RateLimit[];
  readonly origin: string;
}

export interface ListenSettings {
  readonly host: string;
  readonly port: number;
  readonly maxBodyBytes: number;
  readonly ollama: boolean;
  /** Besides loopback names: exact `host[:port]` values allowed in `Host`. */
  readonly allowedHosts: readonly string[];
  /** Origins a browser page may call from, for every key. */
  readonly allowedOrigins: readonly string[];
}

export interface Provider {
  readonly id: string;
  readonly kind: ProviderKind;
  /** As entered, without trailing slash; credentials travel to this origin only. */
  readonly baseUrl: string;
  /** Dialects it speaks, best first. */
  readonly dialects: readonly DialectId[];
  readonly credentials: readonly Credential[];
  readonly timeouts: Timeouts;
  readonly retry: RetrySettings;
  /** Static, non-secret, lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly proxy:
    { readonly kind: 'system' } | { readonly kind: 'direct' } | { readonly kind: 'url'; readonly url: string };
  /** The user marked it local (or the kind is): loopback and private addresses are allowed. */
  readonly local: boolean;
  /** Known models by id: the built-in catalogue for this kind with the user's list on top. */
  readonly models: ReadonlyMap<string, ModelFacts>;
  /**
   * Parameter rules of any of its models, listed or not: by the pattern of the name, with the limits of the nearest
   * listed relative. Pure.
   */
  readonly rulesFor: (model: string) => TargetRules;
  /** What is known of any of its models, listed or not: of one that is not, the facts of its nearest listed relative. Pure. */
  readonly factsFor: (model: string) => ModelFacts;
  /** Only `models` exist (a user's closed list); otherwise any name may be asked for explicitly. */
  readonly closedModels: boolean;
  /** What is known of what becomes of the data it is sent, by a contract or by the vendor's public terms. */
  readonly dataPolicy?: DataPolicy | undefined;
  /** Who stands at its address, whatever its id; `undefined` where that is nobody known, or a bundle defines it. */
  readonly vendor?: ProviderKind | undefined;
  /** Its id names a vendor that it is not: how so, as a clause. */
  readonly misnamed?: string | undefined;
  /** Of one that a bundle defines: the same without its word, for rules to which that is none. */
  readonly unvouched?: Pick<Provider, 'dataPolicy' | 'vendor' | 'misnamed'> | undefined;
  /** PEM certificates to trust besides those of the system. */
  readonly tlsCa?: string | undefined;
  /** Kind-specific: azure `apiVersion`; bedrock `region`; vertex `project`, `location`. */
  readonly options: Readonly<Record<string, string>>;
}

/** `undefined` where it is not known, which satisfies no requirement. */
export interface DataPolicy {
  /** Whether models are trained on what it is sent. */
  readonly training: boolean | undefined;
  /** Days for which it is kept; 0: not at all. */
  readonly retentionDays: number | undefined;
  /** Where it computes. */
  readonly region: string | undefined;
}

export interface ModelFacts {
  readonly id: string;
  readonly contextWindow?: number | undefined;
  readonly maxOutputTokens?: number | undefined;
  readonly tools?: boolean | undefined;
  readonly reasoning?: boolean | undefined;
  readonly inputs?: readonly ('text' | 'image' | 'audio' | 'pdf' | 'video')[] | undefined;
  readonly rules?: TargetRules | undefined;
  /** The model is offered in these of the provider's dialects only (Claude on Vertex; OpenAI's Responses-only models). */
  readonly dialects?: readonly DialectId[] | undefined;
  /** `undefined`: unknown, which is never the same as free. */
  readonly price?: Price | undefined;
  /**
   * What budgets count while `price` is unknown: the dearest known of its family, else of its vendor, else of all. Absent
   * where `price` is known.
   */
  readonly boundPrice?: Price | undefined;
  readonly quality?: QualityPrior | undefined;
  /** Answers conversations: not an embedding, image, speech or moderation model. `undefined` counts as `true`. */
  readonly chat?: boolean | undefined;
  /** `YYYY-MM-DD`, where known. */
  readonly released?: string | undefined;
  /** Deprecated, beta or preview: never chosen unless it is named. */
  readonly unsettled?: boolean | undefined;
}

/** How a credential is presented. `value` is resolved at compile time; a failed resolution is kept as its reason. */
export interface Credential {
  readonly name: string;
  readonly weight: number;
  /** Model globs it may be used for. */
  readonly models: readonly string[];
  readonly secret: CredentialSecret;
}

export type CredentialSecret =
  | { readonly kind: 'key'; readonly value: Secret }
  | {
      readonly kind: 'aws';
      readonly accessKeyId: Secret;
      readonly secretAccessKey: Secret;
      readonly sessionToken?: Secret | undefined;
    }
  /** Service-account JSON, or `undefined` for application default credentials. */
  | { readonly kind: 'google'; readonly serviceAccount?: Secret | undefined }
  | { readonly kind: 'none' }
  /** The reference could not be resolved: `reason` names it and what mends it. */
  | { readonly kind: 'missing'; readonly reason: string };

export interface Timeouts {
  readonly connectMs: number;
  readonly ttftMs: number;
  /** For plain answers, which come when they are whole: `undefined` unless the user set `ttft_ms` himself. */
  readonly plainTtftMs: number | undefined;
  readonly idleMs: number;
  readonly totalMs: number;
  /** How long a stream is read on after its client left, for the provider's own count; 0: not at all. */
  readonly drainMs: number;
}

export interface RetrySettings {
  /** Tries at the same target in all, 1 = no retry. */
  readonly attempts: number;
  readonly backoffMs: number;
  readonly onStatusCodes: readonly number[];
  readonly useRetryAfter: boolean;
}

/** One entry of `routes`, compiled. The first whose `alias` fits and whose `when` holds is the one (RTE-10). */
export interface Route {
  readonly id: string;
  /** Exact or glob. */
  readonly alias: string;
  readonly when: Condition | undefined;
  readonly strategy: Strategy;
  readonly targets: readonly RouteTarget[];
  readonly fallbackOn: readonly FallbackReason[];
  readonly fallbackRules: readonly FallbackRule[];
  /** In all, over all targets; `undefined`: three, or one for each target where there are more. */
  readonly maxAttempts: number | undefined;
  readonly onBreak: OnBreak;
  /** A session stays where it is (RTE-50). */
  readonly affinity: boolean;
  readonly objective: Objective;
  readonly hedge: HedgeSettings | undefined;
  readonly cache: CacheSettings | undefined;
  /** Where it is written, for people: `sluice.yaml, line 58`, or `built in`. */
  readonly origin: string;
  /**
   * The owner chose this name to answer every conversation: the route stands before all others and answers to no name. What has
   * one target, which is a model or an alias.
   */
  readonly choice?: string | undefined;
}

export type OnBreak = 'fail' | 'continue' | 'hold' | 'restart';

/** A provider's model (`@requested` there: the name the client sent), another alias, or the model the client named. */
export type RouteTarget = {
  readonly id: string;
  readonly weight: number;
  readonly when: Condition | undefined;
} & (
  | { readonly kind: 'model'; readonly providerId: string; readonly model: string }
  /** The plan of that alias stands in this place (RTE-16). */
  | { readonly kind: 'alias'; readonly alias: string }
  /** `@requested`: the model the client named, as it would be found without the routes of the file (built-in ones stay). */
  | { readonly kind: 'requested' }
  /** Every model worth offering of the providers with a credential: what the built-in aliases choose from. */
  | { readonly kind: 'all' }
);

/** A status, or words of the error body (RE2), that count as a reason to fall back. */
export interface FallbackRule {
  readonly status: number | undefined;
  readonly body: string | undefined;
}

/** Weights of the score, each in [0, 1], and the least quality a model must promise (RTE-58). */
export interface Objective {
  readonly quality: number;
  readonly cost: number;
  readonly latency: number;
  readonly qualityFloor: number | undefined;
}

export interface HedgeSettings {
  /** A percentile of the target's measured first content, or milliseconds. */
  readonly after: 'p50' | 'p95' | 'p99' | number;
  /** Pico-USD the second request may be expected to cost; `undefined`: no limit. */
  readonly maxExtraCost: number | undefined;
  readonly streamOnly: boolean;
  readonly noTools: boolean;
}

export interface CacheSettings {
  readonly ttlMs: number;
  readonly maxBytes: number;
  /** Only requests that declare determinism (temperature 0, or a seed). */
  readonly deterministicOnly: boolean;
}

/** Virtual keys. Look-ups take the *presented* key and compare digests in constant time (SEC-12). */
export interface KeyTable {
  find(presented: string): VirtualKey | undefined;
  /** For the owner's questions about a key; a client never gets here with an id. */
  byId(id: string): VirtualKey | undefined;
  /** `false` once the key was removed from the running configuration: its streams are aborted. */
  isCurrent(key: VirtualKey): boolean;
  readonly count: number;
  /** Every origin any key allows: what a preflight, which carries no key, is judged by. */
  readonly origins: ReadonlySet<string>;
}

export interface VirtualKey extends AccessRules {
  readonly id: string;
  /** The key of this program itself, which is in no file: what comes with it may say who its client is. */
  readonly isOwn?: true | undefined;
  readonly name: string;
  /** Nobody may use it until it is enabled again. */
  readonly disabled: boolean;
  /** By `metadata.team`, where such a team is in the file. */
  readonly team: Team | undefined;
  /** Its own. */
  readonly budgets: readonly Budget[];
  readonly rateLimits: readonly RateLimit[];
  readonly metadata: Readonly<Record<string, string>>;
  /** Milliseconds since 1970. */
  readonly expiresAt: number | undefined;
  readonly allowedOrigins: readonly string[];
  /** Where it is written, for people. */
  readonly origin: string;
}
