/** What a routing decision rests on and what it leaves behind: plain data, so that it can be kept and derived again (RTE-60, RTE-61). */
import type { ConditionSurface, Content, TextRole } from '../../../shared/config/condition.ts';
import type { Strategy } from '../../../shared/config/route.ts';
import type { ModelAccess } from '../../../shared/domain/access.ts';
import type { Family, Operation } from '../../../shared/domain/dialect.ts';
import type { PromptType, QualityInterval } from '../../../shared/domain/prompt-type.ts';

// ---------------------------------------------------------------- facts

/**
 * What is known of a request when its targets are chosen. The dear ones are worked out when they are first asked for, and
 * those that were asked for are what `stored` holds: metadata only, never text.
 */
export interface RouteFacts {
  /** As the client sent it, without `models/`. */
  readonly model: string;
  readonly client: string | undefined;
  readonly surface: ConditionSurface;
  /** Estimated input tokens; pictures count what they usually cost, not their bytes. */
  readonly tokens: number;
  /** Output tokens the client allows. */
  readonly maxTokens: number | undefined;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly has: (content: Content) => boolean;
  readonly language: { readonly code: string | undefined; readonly confidence: number };
  /** `undefined` when structure alone does not tell (RTE-57). `difficulty` 1 to 3. */
  readonly promptType: {
    readonly type: PromptType | undefined;
    readonly confidence: number;
    readonly difficulty: 1 | 2 | 3;
  };
  /** Tags by name: `x-sluice-tag-*` headers, over which the key's metadata wins. */
  readonly tag: (name: string) => string | undefined;
  /** Whether any text of these roles fits; `undefined` roles mean system, user and tool. At most 256 KiB of each message are looked at. */
  readonly matches: (pattern: string, roles: readonly TextRole[] | undefined) => boolean;
  /** Which conversation this belongs to, and from what that was told; `undefined` when it is none. */
  readonly session: { readonly key: string; readonly source: string } | undefined;
  /** What ties the next turn to where the last one was answered (RTE-52). */
  readonly pins: {
    /** The last message is the result of a tool. */
    readonly toolLoop: boolean;
    readonly signedReasoning: boolean;
    /** File ids, cached contents, stored responses: they exist at one provider only. */
    readonly providerIds: boolean;
  };
  /** What is known already, or told by the head of the request: nothing is worked out for it. */
  readonly known: () => {
    readonly session: RouteFacts['session'];
    readonly promptType: RouteFacts['promptType'] | undefined;
  };
  /** The facts asked for so far. */
  readonly stored: () => StoredFacts;
}

/** Facts as kept. What was not asked for is absent. */
export interface StoredFacts {
  readonly model: string;
  readonly surface: ConditionSurface;
  readonly at: number;
  readonly tokens: number;
  readonly client?: string | undefined;
  readonly maxTokens?: number | undefined;
  readonly has?: Readonly<Partial<Record<Content, boolean>>> | undefined;
  readonly language?: RouteFacts['language'] | undefined;
  readonly promptType?: RouteFacts['promptType'] | undefined;
  /** `null`: asked for and not there. */
  readonly tags?: Readonly<Record<string, string | null>> | undefined;
  /** By pattern and roles. */
  readonly matches?: Readonly<Record<string, boolean>> | undefined;
  /** The session's key itself is a hash or an id, no text. `null`: there is none. */
  readonly session?: RouteFacts['session'] | null | undefined;
  readonly pins?: RouteFacts['pins'] | undefined;
}

// ---------------------------------------------------------------- health and sessions, as the router sees them

/** How a target does, at the moment of a decision. */
export interface TargetHealth {
  /**
   * `closed`: in use. `open`: rests after failures. `half_open`: a probe is due, and this request may be it. `limited`: rests
   * until the provider's own limit resets. `refused`: every credential was refused lately.
   */
  readonly state: 'closed' | 'open' | 'half_open' | 'limited' | 'refused';
  /** For people, with the figures: `5 of 8 calls failed (503)`. */
  readonly why?: string | undefined;
  /** Milliseconds until it may be asked again. */
  readonly waitMs?: number | undefined;
  /** Share of traffic after a rest, in (0, 1): slow start. Absent: all. */
  readonly share?: number | undefined;
  /** First content in ms for requests of this size; absent without measurements. */
  readonly ttft?: { readonly p50: number; readonly p95: number; readonly p99: number } | undefined;
  /** Output tokens a second. */
  readonly speed?: number | undefined;
  /** Median of the last day over the usual one, where it is worth a note: 2.4 means 2.4 times slower than usual. */
  readonly slowdown?: number | undefined;
  readonly running: number;
  /** Largest number of requests it should run at once, where known. */
  readonly capacity?: number | undefined;
}

export const healthyTarget: TargetHealth = { state: 'closed', running: 0 };

export interface HealthView {
  /** Every provider failed on the way to it: the network of this machine is down. */
  readonly offline: boolean;
  readonly of: (providerId: string, model: string, tokens: number) => TargetHealth;
  /** Running EWMA of output tokens by type and model; `undefined` before anything was measured. */
  readonly expectedOutput: (providerId: string, model: string, type: PromptType | undefined) => number | undefined;
}

/** Where a conversation was answered last. */
export interface SessionView {
  readonly providerId: string;
  readonly model: string;
  readonly credential: string | undefined;
  /** Tokens the provider holds in its prompt cache for it. */
  readonly cachedTokens: number;
  /** Milliseconds that cache still lives; 0 or less: gone. */
  readonly cacheLeftMs: number;
  readonly turns: number;
  /** Turns such a session still has, on the average of its client. */
  readonly expectedTurns: number;
}

// ---------------------------------------------------------------- decision

/** One target looked at. */
export interface Candidate {
  /** `provider/model`. */
  readonly target: string;
  /** Its id in the route. */
  readonly id: string;
  /** The routes that led here, outermost first, when more than one. */
  readonly via?: readonly string[] | undefined;
  /** Why it cannot serve this request, as a clause for people: `has a context window of 8,192 tokens; about 12,000 are needed`. */
  readonly dropped?: string | undefined;
  readonly droppedBy?: DropReason | undefined;
  /** A remark for people: `slow today: takes 2.4 times as long as usual to begin`. */
  readonly note?: string | undefined;
  readonly quality?: QualityInterval | undefined;
  /** Expected cost of this request in pico-USD; `null`: unknown price. */
  readonly cost?: number | null | undefined;
  /** Expected first content and whole answer, ms. */
  readonly ttftMs?: number | undefined;
  readonly totalMs?: number | undefined;
  readonly score?: number | undefined;
  /** As it was seen; absent when nothing was known. */
  readonly health?: TargetHealth | undefined;
}

export type DropReason =
  'policy' | 'condition' | 'capability' | 'operation' | 'credential' | 'health' | 'pin' | 'quality';

/** Why a session stayed or moved. */
export interface PinTrace {
  readonly kind: 'session' | 'tool_loop' | 'signed_reasoning' | 'provider_ids';
  /** `provider/model`. */
  readonly target: string;
  readonly kept: boolean;
  /** A sentence for people. */
  readonly why: string;
  /** The sum behind a switch that pays or does not (RTE-55), in pico-USD. */
  readonly switching?:
    | {
        readonly to: string;
        readonly cachedTokens: number;
        /** Lost cache and new writes, once. */
        readonly cost: number;
        /** A turn. */
        readonly gain: number;
        readonly expectedTurns: number;
        /** `expectedTurns × gain − cost`. */
        readonly balance: number;
      }
    | undefined;
}

/** The whole of a decision: `sluice route explain` prints it, and derives it again from it. */
export interface Decision {
  readonly version: 1;
  readonly asked: string;
  /** `provider/model` of the first target; absent when there was none. */
  readonly chosen?: string | undefined;
  readonly reason: string;
  /** The route that matched; absent when the client named the target or its model. */
  readonly rule?:
    { readonly id: string; readonly alias: string; readonly origin: string; readonly strategy: Strategy } | undefined;
  /** Routes whose alias fits and whose condition did not hold, with what did not. */
  readonly skipped?: readonly { readonly id: string; readonly why: string }[] | undefined;
  readonly facts: StoredFacts;
  readonly candidates: readonly Candidate[];
  /** Targets in the order they are tried. */
  readonly order: readonly string[];
  readonly pin?: PinTrace | undefined;
  readonly session?: SessionView | undefined;
  readonly offline?: boolean | undefined;
  /** What the key may use and what it asks a provider to do: the other half of what the decision rests on. */
  readonly principal: {
    readonly key: string;
    readonly allowedModels: readonly string[];
    readonly deniedModels: readonly string[];
    /** Whose rules keep it from something, its own or its team's; absent when none do, and in decisions before teams had any. */
    readonly access?: readonly ModelAccess[] | undefined;
    readonly operation: Operation;
    readonly family: Family;
    /** A rule of the file named the model, not the client: what was chosen for every conversation does not answer it. */
    readonly byRule?: true | undefined;
  };
  /** Measured outputs that were asked for, by `provider/model`; what was not measured is absent or `null`. */
  readonly expectedOutput?: Readonly<Record<string, number | null>> | undefined;
  readonly snapshot: string;
  /** The random number, in [0, 1). */
  readonly draw: number;
}
