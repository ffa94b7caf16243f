/**
 * The form a request, an answer and a stream take between two unlike dialects.
 *
 * Parts are named noun-start, noun-delta, noun-end. What a dialect cannot say in this form, or a target cannot take from
 * it, is recorded through `LossSink` and never dropped in silence. Same-dialect traffic never takes this form.
 */
import type { Usage } from '../../../shared/domain/usage.ts';
import type { ErrorKind } from '../../../shared/errors/codes.ts';

/** A JSON value as parsed. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json | undefined;
}

/**
 * Records what could not cross. `path` is a JSON pointer or field name in the *source* (e.g. `/tools/3`, `logit_bias`), `why` a
 * short clause for people ("Gemini has no logit_bias"). Equal (path, why) pairs are recorded once by the receiver.
 */
export type LossSink = (path: string, why: string) => void;

// ---------------------------------------------------------------- request

export type Effort = 'none' | 'minimal' | 'low' | 'medium' | 'high' | 'xhigh' | 'max';

export interface CanonicalRequest {
  /** The model as the target must hear it (already resolved); dialects whose model travels in the path ignore it. */
  readonly model: string;
  readonly stream: boolean;
  /**
   * The conversation in order. System prompts are messages of role `system` (leading ones are the system prompt; later ones
   * are mid-conversation instructions). Tool results are parts of `tool` messages, one message per run of results.
   */
  readonly messages: readonly CanonicalMessage[];
  readonly tools: readonly CanonicalTool[];
  readonly toolChoice?: ToolChoice | undefined;
  readonly parallelToolCalls?: boolean | undefined;
  readonly output?: OutputFormat | undefined;
  readonly maxOutputTokens?: number | undefined;
  readonly sampling: Sampling;
  readonly reasoning?: ReasoningRequest | undefined;
  /** `low` `medium` `high`: OpenAI's `verbosity`. */
  readonly verbosity?: string | undefined;
  /** End-user id: `user`, `safety_identifier`, `metadata.user_id`. */
  readonly userId?: string | undefined;
  readonly metadata?: Readonly<Record<string, string>> | undefined;
  readonly serviceTier?: string | undefined;
  readonly promptCacheKey?: string | undefined;
  readonly store?: boolean | undefined;
  /** Client asked for usage in the stream (`stream_options.include_usage`); dialects that always send it ignore this. */
  readonly includeUsage?: boolean | undefined;
  /** Client asked that opaque reasoning be returned (`include: ["reasoning.encrypted_content"]`). */
  readonly includeEncryptedReasoning?: boolean | undefined;
  /** How many answers are asked for (`n`, `candidateCount`); absent means 1. */
  readonly candidateCount?: number | undefined;
}

export interface CanonicalMessage {
  readonly role: 'system' | 'user' | 'assistant' | 'tool';
  readonly parts: readonly CanonicalPart[];
  /** The author's name where a dialect carries one (Chat `name`). */
  readonly name?: string | undefined;
  /** `system` only: the dialect called it `developer`. */
  readonly developer?: boolean | undefined;
}

export type CanonicalPart =
  TextPart | ImagePart | DocumentPart | AudioPart | ToolCallPart | ToolResultPart | ReasoningPart | RefusalPart;

/** `ephemeral` marks of Anthropic and cache points of Bedrock. Kept where the target has them, else dropped without loss: only a hint. */
export interface CacheHint {
  readonly ttl?: '5m' | '1h' | undefined;
}

export interface TextPart {
  readonly type: 'text';
  readonly text: string;
  readonly cache?: CacheHint | undefined;
  readonly opaque?: Opaque | undefined;
  readonly citations?: readonly Citation[] | undefined;
}

/** A source in the answer's text: kept between dialects as URL and title, else a loss. */
export interface Citation {
  readonly url?: string | undefined;
  readonly title?: string | undefined;
  readonly citedText?: string | undefined;
  readonly startIndex?: number | undefined;
  readonly endIndex?: number | undefined;
}

/** Bytes in base64, a URL the provider fetches, a provider-side file id (usable only where it was minted), or plain text. */
export type MediaSource =
  | { readonly kind: 'base64'; readonly mediaType: string; readonly data: string }
  | { readonly kind: 'url'; readonly url: string; readonly mediaType?: string | undefined }
  | { readonly kind: 'file'; readonly id: string; readonly mediaType?: string | undefined }
  | { readonly kind: 'text'; readonly text: string; readonly mediaType?: string | undefined };

export interface ImagePart {
  readonly type: 'image';
  readonly source: MediaSource;
  /** OpenAI's `detail`. */
  readonly detail?: string | undefined;
  readonly cache?: CacheHint | undefined;
}

export interface DocumentPart {
  readonly type: 'document';
  readonly source: MediaSource;
  readonly name?: string | undefined;
  readonly cache?: CacheHint | undefined;
}

export interface AudioPart {
  readonly type: 'audio';
  readonly source: MediaSource;
}

export type ToolCallKind = 'function' | 'custom' | 'tool_search';

export interface ToolCallPart {
  readonly type: 'tool-call';
  /** The call's id: OpenAI `call_id` / `tool_calls[].id`, Anthropic `id`, Gemini `functionCall.id` (made up when absent). */
  readonly id: string;
  /** Without the namespace. */
  readonly name: string;
  readonly namespace?: string | undefined;
  readonly kind: ToolCallKind;
  /** `function` and `tool_search`: JSON text of an object, never empty (`{}` for no arguments). `custom`: the free-form input. */
  readonly input: string;
  readonly cache?: CacheHint | undefined;
  readonly opaque?: Opaque | undefined;
}

export interface ToolResultPart {
  readonly type: 'tool-result';
  readonly callId: string;
  readonly kind: ToolCallKind;
  /** Name of the called tool when the dialect says it (Gemini) or it was found in the history. */
  readonly name?: string | undefined;
  readonly namespace?: string | undefined;
  readonly parts: readonly (TextPart | ImagePart | DocumentPart)[];
  readonly isError?: boolean | undefined;
  readonly cache?: CacheHint | undefined;
}

export interface ReasoningPart {
  readonly type: 'reasoning';
  /** Readable reasoning or its summary; empty for redacted or encrypted-only reasoning. */
  readonly text: string;
  readonly opaque?: Opaque | undefined;
  /** The dialect's item id, e.g. `rs_…`. */
  readonly id?: string | undefined;
}

export interface RefusalPart {
  readonly type: 'refusal';
  readonly text: string;
}

/**
 * Signed or encrypted reasoning state: valid only at the provider that minted it. `mint` is the provider id the answer came from,
 * `''` when a client sent it and we cannot know. `form` says which field it was, so that only the same field takes it back.
 */
export interface Opaque {
  readonly mint: string;
  readonly form: 'signature' | 'redacted' | 'encrypted' | 'thought_signature';
  readonly data: string;
}

export type CanonicalTool = FunctionTool | CustomTool | ToolSearchTool | HostedTool;

interface ToolBase {
  readonly description?: string | undefined;
  readonly cache?: CacheHint | undefined;
  readonly namespace?: string | undefined;
  readonly namespaceDescription?: string | undefined;
}

export interface FunctionTool extends ToolBase {
  readonly kind: 'function';
  readonly name: string;
  /** JSON Schema of the arguments; `{type:'object',properties:{}}` when the client gave none. */
  readonly parameters: JsonObject;
  readonly strict?: boolean | undefined;
}

/** Free-form input, optionally bound by a grammar (OpenAI `custom`). */
export interface CustomTool extends ToolBase {
  readonly kind: 'custom';
  readonly name: string;
  readonly format?: JsonObject | undefined;
}

/** OpenAI's client-executed `tool_search`. */
export interface ToolSearchTool extends ToolBase {
  readonly kind: 'tool_search';
  readonly name: string;
  readonly parameters: JsonObject;
}

/** A tool the provider runs itself, kept verbatim; only its own dialect can take it. */
export interface HostedTool extends ToolBase {
  readonly kind: 'hosted';
  readonly name: string;
  readonly raw: JsonObject;
}

export type ToolChoice =
  | { readonly type: 'auto' | 'none' | 'required' }
  | {
      readonly type: 'tool';
      readonly name: string;
      readonly namespace?: string | undefined;
      readonly kind?: ToolCallKind | undefined;
    }
  | { readonly type: 'allowed'; readonly mode: 'auto' | 'required'; readonly names: readonly string[] };

export type OutputFormat =
  | { readonly type: 'text' }
  | { readonly type: 'json' }
  | {
      readonly type: 'json_schema';
      readonly name: string;
      readonly schema: JsonObject;
      /** Absent where the client's dialect knows no such word, because there every schema is enforced. */
      readonly strict?: boolean | undefined;
      readonly description?: string | undefined;
    };

export interface Sampling {
  readonly temperature?: number | undefined;
  readonly topP?: number | undefined;
  readonly topK?: number | undefined;
  readonly minP?: number | undefined;
  readonly frequencyPenalty?: number | undefined;
  readonly presencePenalty?: number | undefined;
  readonly repetitionPenalty?: number | undefined;
  readonly seed?: number | undefined;
  readonly stop?: readonly string[] | undefined;
  readonly logprobs?: boolean | undefined;
  readonly topLogprobs?: number | undefined;
  readonly logitBias?: Readonly<Record<string, number>> | undefined;
}

export interface ReasoningRequest {
  /** `off`: asked not to reason. `adaptive`: the model decides how much. `on`: asked to reason. */
  readonly mode: 'off' | 'on' | 'adaptive';
  readonly effort?: Effort | undefined;
  readonly budgetTokens?: number | undefined;
  /** Whether readable thoughts are wanted: `none` hides them. */
  readonly summary?: 'none' | 'auto' | 'concise' | 'detailed' | undefined;
}

// ---------------------------------------------------------------- answer

export type FinishReason = 'stop' | 'length' | 'tool_calls' | 'content_filter' | 'refusal' | 'pause' | 'other';

export interface Finish {
  readonly reason: FinishReason;
  /** The provider's own word. */
  readonly raw?: string | undefined;
  readonly stopSequence?: string | undefined;
}

export interface TokenLogprob {
  readonly token: string;
  readonly logprob: number;
  readonly bytes?: readonly number[] | undefined;
  readonly top?:
    | readonly { readonly token: string; readonly logprob: number; readonly bytes?: readonly number[] | undefined }[]
    | undefined;
}

/** A whole answer. `usage` is undefined when the provider sent none. */
export interface CanonicalResponse {
  readonly id: string;
  readonly model: string;
  /** Unix seconds. */
  readonly createdAt?: number | undefined;
  readonly parts: readonly (TextPart | ReasoningPart | ToolCallPart | RefusalPart | ImagePart | AudioPart)[];
  readonly finish: Finish;
  readonly usage?: Usage | undefined;
  /** The provider's usage object, verbatim. */
  readonly rawUsage?: JsonObject | undefined;
  readonly logprobs?: readonly TokenLogprob[] | undefined;
  readonly serviceTier?: string | undefined;
}

/**
 * One step of a streamed answer. `block` numbers are small integers unique within the answer; a block is started once, gets deltas
 * and ends once; blocks may interleave (parallel tool calls). Order: `response-start`, blocks, `finish`, `response-end`.
 * An `error` may come at any place and is the last part. `usage` parts are cumulative: the latest maximum counts.
 */
export type StreamPart =
  | {
      readonly type: 'response-start';
      readonly id: string;
      readonly model: string;
      readonly createdAt?: number | undefined;
      readonly serviceTier?: string | undefined;
    }
  | { readonly type: 'text-start'; readonly block: number }
  | {
      readonly type: 'text-delta';
      readonly block: number;
      readonly text: string;
      readonly logprobs?: readonly TokenLogprob[] | undefined;
    }
  | {
      readonly type: 'text-end';
      readonly block: number;
      readonly opaque?: Opaque | undefined;
      readonly citations?: readonly Citation[] | undefined;
    }
  | { readonly type: 'reasoning-start'; readonly block: number; readonly id?: string | undefined }
  | { readonly type: 'reasoning-delta'; readonly block: number; readonly text: string }
  | {
      readonly type: 'reasoning-end';
      readonly block: number;
      readonly opaque?: Opaque | undefined;
      readonly id?: string | undefined;
    }
  /** Never sent before id and name are known. */
  | {
      readonly type: 'tool-call-start';
      readonly block: number;
      readonly id: string;
      readonly name: string;
      readonly namespace?: string | undefined;
      readonly kind: ToolCallKind;
    }
  /** A piece of `ToolCallPart.input`. */
  | { readonly type: 'tool-call-delta'; readonly block: number; readonly input: string }
  /** The pieces of a call joined are its `input`; no piece at all means `{}`. */
  | { readonly type: 'tool-call-end'; readonly block: number; readonly opaque?: Opaque | undefined }
  | { readonly type: 'refusal-start'; readonly block: number }
  | { readonly type: 'refusal-delta'; readonly block: number; readonly text: string }
  | { readonly type: 'refusal-end'; readonly block: number }
  /** A whole generated image or sound. */
  | { readonly type: 'media'; readonly block: number; readonly part: ImagePart | AudioPart }
  | { readonly type: 'usage'; readonly usage: Usage; readonly raw?: JsonObject | undefined }
  | { readonly type: 'finish'; readonly finish: Finish }
  /** The provider's own terminal event was seen: the answer is complete. */
  | { readonly type: 'response-end' }
  | { readonly type: 'error'; readonly error: CanonicalError };

/** An error in no dialect's words: ours, or an upstream's on its way to a client of another dialect. */
export interface CanonicalError {
  readonly status: number;
  readonly kind: ErrorKind;
  readonly message: string;
  /** Our code (`attempt.reset`) or the provider's own (`insufficient_quota`). */
  readonly code?: string | undefined;
  readonly param?: string | undefined;
  readonly retryAfterS?: number | undefined;
  readonly details?: Readonly<Record<string, unknown>> | undefined;
}
