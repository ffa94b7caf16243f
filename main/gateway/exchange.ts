/** The types a request passes through, stage by stage, and the record it leaves behind. */
import type { ClientDialectId, DialectId, Family, Operation, SurfaceId } from '../../shared/domain/dialect.ts';
import type { Usage, UsageSource } from '../../shared/domain/usage.ts';
import type { ErrorCode } from '../../shared/errors/codes.ts';
import type { FallbackReason } from '../../shared/config/route.ts';
import type { FoundKind, KindCounts } from '../../shared/domain/masking.ts';
import type { Decision } from './routing/decision.ts';
import type {
  Budget,
  CacheSettings,
  Credential,
  FallbackRule,
  FirewallRule,
  HedgeSettings,
  OnBreak,
  Provider,
  Snapshot,
  SpendState,
  VirtualKey,
} from './ports.ts';

/** What identify found: which of our paths this is and what the path itself says. */
export interface Surface {
  readonly id: SurfaceId;
  readonly family: Family;
  readonly operation: Operation;
  /** The conversation dialect, for surfaces that carry one. */
  readonly dialect: ClientDialectId | undefined;
  /** Path below the provider's version segment, e.g. `/chat/completions`, `/audio/speech`: where a same-family target is called. */
  readonly path: string;
  /** Model from the path (Gemini, `GET /v1/models/{id}`). */
  readonly pathModel: string | undefined;
  /** Stream from the path (Gemini). */
  readonly pathStream: boolean;
  /** Key from `/c/<key>/`. */
  readonly pathToken: string | undefined;
  /** Query without credentials. */
  readonly query: URLSearchParams;
}

/** Who is asking, after authentication. */
export interface Principal {
  readonly key: VirtualKey;
  /** Client name: the key's metadata, else the user agent's product. */
  readonly client: string | undefined;
}

/** Whose request it is, as budgets and limits tell people apart. */
export interface Spender {
  readonly key: VirtualKey;
  readonly client: string | undefined;
  /** `metadata.user` of the key. */
  readonly user: string | undefined;
  /** `metadata.team` of the key, whether or not such a team is in the file. */
  readonly team: string | undefined;
  /** Key of the conversation; one without is the key's own: `key:<id>`. */
  readonly session: string;
  /** A label: of the key's metadata, else of a header `x-sluice-tag-<name>`. */
  readonly tag: (name: string) => string | undefined;
}

/** One place a request may be served: provider, model, dialect and the credential travel together (RTE-13). */
export interface Target {
  readonly id: string;
  readonly provider: Provider;
  readonly model: string;
}

/** Ordered targets with the reason for the choice, and how the route wants them to be tried. */
export interface Plan {
  readonly targets: readonly Target[];
  /** One sentence for people. */
  readonly reason: string;
  readonly routeId: string | undefined;
  readonly fallbackOn: readonly FallbackReason[];
  readonly fallbackRules: readonly FallbackRule[];
  /** In all, over all targets. */
  readonly maxAttempts: number;
  readonly onBreak: OnBreak;
  readonly hedge: HedgeSettings | undefined;
  readonly cache: CacheSettings | undefined;
  /** The credential a session used before: preferred, so that the provider's prompt cache is met again. */
  readonly credentialName: string | undefined;
  /** How it came about: kept with the exchange, and enough to derive it again. */
  readonly decision: Decision;
}

/** One try at one target, as recorded. */
export interface AttemptRecord {
  readonly target: string;
  readonly credential: string | undefined;
  /** HTTP status of the upstream, `undefined` when none arrived. */
  readonly status: number | undefined;
  /** Our code when it failed. */
  readonly error: string | undefined;
  readonly ms: number;
  /** Why there was this try: the first, again at the same target, the next target, a second one beside a slow one, or the rest of a broken answer. */
  readonly kind: AttemptKind;
  /** Milliseconds from the start of the exchange to the start of this try. */
  readonly startedMs: number;
  /** To its first content. */
  readonly ttftMs: number | undefined;
  readonly usage: Usage | undefined;
  readonly usageSource: UsageSource;
  /** Pico-USD; `undefined` while unknown, 0 where nothing was charged. */
  readonly cost: number | undefined;
  /** `undefined` for a target that was passed over: nothing was sent. */
  readonly state: SpendState | undefined;
  /** Pico-USD that were reserved before it was sent. */
  readonly bound: number | undefined;
  /** Pico-USD that budgets counted: the cost, or what stands in for an unknown one; `undefined` where none counts it. */
  readonly counted: number | undefined;
  /** What the usage rests on. */
  readonly basis: UsageBasis | undefined;
}

/** The provider's own count; text that was seen, told in tokens by what was learned or by a tokenizer; the reservation. */
export type UsageBasis = 'provider' | 'observed' | 'tokenizer' | 'bound';

/** What policies keep back for one try until it ends. */
export interface Permit {
  /** The most output it may ask for; `undefined`: what the client asks for. */
  readonly maxOutputTokens: number | undefined;
  /** Why there is such a limit, for people. */
  readonly limitReason: string;
  /** Output that was paid for in advance, of all answers together, where a budget can refuse more. */
  readonly paidOutputTokens: number | undefined;
  /** How many answers are asked for at once. */
  readonly answers: number;
  /** Pico-USD kept back; `undefined` where no price is known and nothing counts. */
  readonly bound: number | undefined;
  /** So much output is to be paid for; `false`: a budget does not have it, and nothing was changed. */
  extend(outputTokens: number): boolean;
  /** The hard budget that did not have what `extend` asked for last. */
  readonly refusedBy: Budget | undefined;
  /** Once; further calls do nothing. Gives what budgets counted, in pico-USD. */
  end(end: PermitEnd): number | undefined;
}

export interface PermitEnd {
  readonly state: SpendState;
  /** Pico-USD; `undefined` while unknown. */
  readonly cost: number | undefined;
  readonly usage: Usage | undefined;
  readonly usageSource: UsageSource;
}

export type AttemptKind = 'first' | 'retry' | 'fallback' | 'hedge' | 'continue';

export interface LossRecord {
  readonly path: string;
  readonly why: string;
}

/** One request, all of it, as the ledger keeps it. Metadata only: no prompt, no answer, no secret. */
export interface ExchangeRecord {
  readonly requestId: string;
  /** Milliseconds since 1970, when the head was read. */
  readonly at: number;
  readonly keyId: string | undefined;
  readonly client: string | undefined;
  session: string | undefined;
  readonly surface: SurfaceId;
  readonly dialect: ClientDialectId | undefined;
  readonly modelAsked: string | undefined;
  readonly stream: boolean;
  readonly snapshotId: string;
  target: string | undefined;
  targetDialect: DialectId | undefined;
  routeReason: string | undefined;
  /** Status the client saw; `undefined` while open; 499 when the client left before a head was sent. */
  status: number | undefined;
  /** Error code, ours or `upstream.<status>`. */
  error: string | undefined;
  /** `complete`, `incomplete` (partial answer), `aborted` (client left), `failed`, `open`. */
  outcome: 'open' | 'complete' | 'incomplete' | 'aborted' | 'failed';
  attempts: AttemptRecord[];
  losses: LossRecord[];
  ttftMs: number | undefined;
  durationMs: number | undefined;
  usage: Usage | undefined;
  usageSource: UsageSource;
  /** Provider's own usage object, verbatim JSON text. */
  rawUsage: string | undefined;
  finishReason: string | undefined;
  requestBytes: number;
  responseBytes: number;
  /** How the targets were chosen; `undefined` until then. */
  decision: Decision | undefined;
  /** Pico-USD of all attempts together; `undefined` while any part of it is unknown. */
  cost: number | undefined;
  /** `metadata.user` and `metadata.team` of the key. */
  readonly user: string | undefined;
  readonly team: string | undefined;
  /** Id of the budget, limit or access rule that refused. */
  rule: string | undefined;
  /** A budget that was used up moved it to a cheaper alias. */
  downgrade: { readonly budget: string; readonly alias: string } | undefined;
  /** What was replaced in what left, by kind; `undefined` where nothing was looked for. Never the values. */
  masked: KindCounts | undefined;
  /** What masking and firewall found and did besides: in the order it was found. */
  safety: SafetyEvent[];
  /** The answer came from the exact cache: what asking again would have cost, `undefined` when unknown. */
  cache: { readonly savedCost: number | undefined } | undefined;
  /** The client's own, as it was sent (W3C Trace Context); kept for traces, not in the ledger. */
  readonly traceparent?: string | undefined;
}

/** What masking or the firewall found and did, besides replacing. Never the text itself. */
export interface SafetyEvent {
  /**
   * `masking`: a kind whose mode is `block` or `warn`. `answer`: a secret in an answer. `firewall`: a rule of it. `policy`: what
   * a team bundle that only watches would have refused.
   */
  readonly source: 'masking' | 'answer' | 'firewall' | 'policy';
  /** Id of the firewall rule; of masking the kind; of a policy as in `PolicyRule`. */
  readonly rule: string;
  readonly action: FirewallRule['action'];
  /** What exactly was found, in words for people: `prompt_injection 0.97: override, exfiltration`, `2 × aws_access_key_id`. */
  readonly detail: string;
}

// ---------------------------------------------------------------- what was masked, as the relay sees it

/** What was replaced in one request, and comes back in the client's copy of its answer. Belongs to one exchange. */
export interface Originals {
  /** By the placeholder in lower case. Empty: there is nothing to restore. */
  readonly byPlaceholder: ReadonlyMap<string, Original>;
}

export interface Original {
  /** As it was sent. */
  readonly placeholder: string;
  /** What was sent behind it, to look like the original: goes with it, where it is still there. */
  readonly suffix?: string | undefined;
  /** What stood in its place. */
  readonly text: string;
  readonly kind: FoundKind;
  /** Whether it comes back in texts and reasoning. */
  readonly inText: boolean;
  /** Whether it comes back in the arguments of a call of this tool: secrets do so only for tools that the user named. */
  readonly inTool: (tool: string) => boolean;
}

/** Facts handed from stage to stage about one running exchange. */
export interface ExchangeContext {
  readonly snapshot: Snapshot;
  readonly surface: Surface;
  readonly principal: Principal;
  readonly record: ExchangeRecord;
}

/** A credential chosen for one attempt. */
export interface ChosenCredential {
  readonly provider: Provider;
  readonly credential: Credential;
}

// ---------------------------------------------------------------- health, as attempts see it

/** A provider's model asked with one credential: what rests and recovers on its own (RTE-42). */
export interface TargetRef {
  readonly provider: Provider;
  readonly model: string;
  /** Name of the credential. */
  readonly credential: string;
}

/** What an upstream's error means, whoever says it in whatever words. */
export type UpstreamClass =
  | 'context_window'
  | 'content_policy'
  | 'model_unavailable'
  | 'quota_exhausted'
  | 'rate_limited'
  | 'credential_refused'
  | 'unsupported_parameter'
  | 'invalid_request'
  | 'overloaded'
  | 'server';

/** How one try ended, for those who keep account of targets. */
export type AttemptOutcome =
  | {
      readonly kind: 'answered';
      /** `undefined` for an answer that came whole: its length says nothing of its first word. */
      readonly ttftMs: number | undefined;
      readonly durationMs: number;
      readonly inputTokens: number | undefined;
      readonly outputTokens: number | undefined;
    }
  | {
      readonly kind: 'failed';
      readonly code: ErrorCode;
      readonly status: number | undefined;
      readonly upstream: UpstreamClass | undefined;
      /** The wait the provider asked for. */
      readonly waitMs: number | undefined;
      /** It broke after content had come. */
      readonly committed: boolean;
      /** A web page came instead: a portal stands between, and the provider is not to blame (FAULT-05). */
      readonly webPage?: boolean | undefined;
      /** No way out of this machine at all: no route, no name server. One such provider tells that the network is down. */
      readonly deadNetwork?: boolean | undefined;
    }
  /** Ended by the client or by us: tells nothing of the target. */
  | { readonly kind: 'abandoned' };

/** What is told of a try while it runs: its first content came. A probe need not wait for the end of a long answer. */
export interface AttemptProgress {
  readonly kind: 'content';
}

export type MayAsk =
  /** `probe`: it rests, and this call finds out whether it is back. */
  | { readonly kind: 'yes'; readonly probe: boolean }
  /** `limited`: the provider's own limit, not a failure. `refused`: the credential was refused lately. */
  | {
      readonly kind: 'no';
      readonly waitMs: number;
      readonly why: string;
      readonly state: 'open' | 'limited' | 'refused';
    };

export interface HealthKeeper {
  /** Whether it may be asked now. Pure look: nothing is reserved. */
  mayAsk(ref: TargetRef): MayAsk;
  /** A try is being sent. The returned function is told when content comes, and once how it ended. */
  begin(ref: TargetRef): (outcome: AttemptOutcome | AttemptProgress) => void;
  /** Takes a retry from the provider's budget of them (RTE-44); `false` when it is used up. */
  takeRetry(provider: Provider): boolean;
  /** Every provider failed on the way to it. */
  readonly isOffline: boolean;
}
