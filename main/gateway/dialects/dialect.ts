/** What a wire format must be able to do, and the small types its rooms share. */
import type { ClientDialectId, DialectId, Family } from '../../../shared/domain/dialect.ts';
import type { Content, TextRole } from '../../../shared/config/condition.ts';
import type { Usage } from '../../../shared/domain/usage.ts';
import { lookup } from '../../kit/lookup.ts';
import type {
  CanonicalError,
  CanonicalRequest,
  CanonicalResponse,
  Json,
  JsonObject,
  LossSink,
  StreamPart,
} from './canonical.ts';
import type { JsonDocument } from './document.ts';

/** Model and stream as the client said them. For Gemini both come from the path. */
export interface RequestFacts {
  readonly model: string;
  readonly stream: boolean;
}

/** What a decoder of a client's request may lean on. */
export interface DecodeRequestContext {
  /** Facts of the path for dialects that put model and stream there. */
  readonly model: string;
  readonly stream: boolean;
  readonly losses: LossSink;
  /** A fresh id: `prefix` + random letters and digits. For calls that arrive without one (Gemini). */
  readonly newId: (prefix: string) => string;
}

/** Per-model and per-provider rules of the target, as data; everything absent is `false` or unlimited. */
export interface TargetRules {
  /** `max_completion_tokens` instead of `max_tokens` (OpenAI reasoning models). */
  readonly maxCompletionTokens?: boolean | undefined;
  /** Refuses `temperature`, `top_p`, penalties, logprobs (reasoning models; Anthropic's 2026-10-21 types). */
  readonly noSampling?: boolean | undefined;
  readonly noStreamOptions?: boolean | undefined;
  readonly noParallelToolCalls?: boolean | undefined;
  readonly noJsonSchema?: boolean | undefined;
  /** `developer` role is known. */
  readonly developerRole?: boolean | undefined;
  /** Model can reason; undefined when unknown. */
  readonly reasoning?: boolean | undefined;
  /** Claude: takes `thinking: {type: adaptive}` and `output_config.effort` instead of a budget. */
  readonly adaptiveThinking?: boolean | undefined;
  /** Claude: thinks always and refuses `thinking: {type: disabled}` (Fable, Mythos). */
  readonly alwaysThinks?: boolean | undefined;
  /** Claude: takes `role: system` between messages. */
  readonly midConversationSystem?: boolean | undefined;
  /** Gemini 3: `thinkingLevel` instead of `thinkingBudget`, thought signatures obligatory in tool turns. */
  readonly thinkingLevel?: boolean | undefined;
  /** Chat dialects that answer with and take `reasoning_content` (DeepSeek, …) or `reasoning` (OpenRouter, Groq). */
  readonly reasoningField?: 'reasoning_content' | 'reasoning' | undefined;
  /** How the Chat target hears about effort: `reasoning_effort`, OpenRouter's `reasoning{}`, or not at all. */
  readonly reasoningParameter?: 'reasoning_effort' | 'reasoning' | 'none' | undefined;
  /** Mistral: `random_seed`; `any` for a required tool; ids of nine letters and digits; `prefix`. */
  readonly mistral?: boolean | undefined;
  /** Top-level request fields this target refuses: left out and recorded. */
  readonly refusedFields?: readonly string[] | undefined;
  /** Largest output the model can give; `undefined` when unknown. Anthropic needs a `max_tokens`. */
  readonly maxOutputTokens?: number | undefined;
  /** Amazon Titan, some Cohere and Llama models on Bedrock: no system prompt, no tools. */
  readonly noSystem?: boolean | undefined;
  readonly noTools?: boolean | undefined;
}

export interface EncodeRequestContext {
  /** The provider id: opaque reasoning minted elsewhere is left out and recorded. */
  readonly mint: string;
  readonly rules: TargetRules;
  readonly losses: LossSink;
  readonly newId: (prefix: string) => string;
}

export interface EncodedRequest {
  readonly body: JsonObject;
  /** Extra headers this body needs (`anthropic-beta`). */
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

export interface DecodeAnswerContext {
  /** Provider id written into `Opaque.mint`. */
  readonly mint: string;
  readonly losses: LossSink;
  readonly newId: (prefix: string) => string;
}

/** What an encoder of an answer may lean on. */
export interface EncodeAnswerContext {
  /** Model name the client asked for or the target's; an answer always names one. */
  readonly model: string;
  readonly newId: (prefix: string) => string;
  /** Unix seconds, taken once per exchange. */
  readonly createdAt: number;
  readonly losses: LossSink;
  /** What the client asked, for fields an answer must echo (Responses) and for `include_usage`. */
  readonly request: CanonicalRequest;
  /** Client's body as parsed, where an answer echoes it. */
  readonly clientBody: JsonObject;
}

/** One event of a stream, whatever its framing: SSE (`event:` and joined `data:`) or an AWS event-stream frame (`:event-type`, payload). */
export interface StreamEvent {
  /** Empty when the stream names none. */
  readonly name: string;
  readonly data: string;
}

export interface StreamDecoder {
  /** Parts this event means, maybe none. Throws `GatewayError('relay.stream_malformed')` when the event cannot be understood. */
  push(event: StreamEvent): StreamPart[];
  /** Upstream has ended. Without its terminal event seen the last part is an `error` with code `relay.stream_incomplete`. */
  end(): StreamPart[];
}

export interface StreamEncoder {
  /** Wire text for one part (whole SSE events with blank lines), maybe empty. After `response-end` or `error` nothing more may follow. */
  encode(part: StreamPart): string;
}

/** Bits a meter reports per event of a same-dialect stream. */
export const meterBits = {
  /** First of these is the commit point: text, reasoning, tool call, image. Pings and role-only events are not content. */
  content: 1,
  terminal: 2,
  error: 4,
  /** Event exists only because we asked for usage the client did not ask for. */
  usageOnly: 8,
} as const;

/** Watches a copy of a same-dialect stream or answer: what it means for commit, usage and completeness. Never changes a byte. */
export interface Meter {
  /** One event of the stream; `data` is its payload. Returns `meterBits`. Must not throw: unknown or broken events are 0. */
  event(name: string, data: Buffer): number;
  /** One more event of which only its text is new, by this many bytes: spares reading it. */
  more(bytes: number): void;
  /** A whole plain answer. */
  answer(body: JsonObject): void;
  /** Largest usage seen so far and the provider's object verbatim. */
  usage(): { readonly usage: Usage; readonly raw: JsonObject } | undefined;
  /** UTF-8 bytes of text, reasoning and tool arguments forwarded: the basis of an estimate when no usage came. */
  readonly outputBytes: number;
  readonly finishReason: string | undefined;
  readonly responseId: string | undefined;
  /** Message of an in-stream error event. */
  readonly error: string | undefined;
}

/** A picture, a sound, a document or a film, and the bytes of it that stand in the body as base64. */
export interface Medium {
  readonly kind: 'image' | 'audio' | 'pdf' | 'video' | 'document';
  /** 0 for what stands elsewhere, at an address or under an id. */
  readonly bytes: number;
}

/**
 * What routing wants to know of a request's body, read only as far as it is asked: a question that the bytes answer without
 * being parsed costs no parsing.
 */
export interface Survey {
  /**
   * Tools that are declared; pictures, sound, PDFs and videos anywhere, results of tools too; marks of the prompt cache; an answer
   * bound by a schema; reasoning and a stream that are asked for.
   */
  readonly has: (content: Content) => boolean;
  /** Texts of these roles in order; tool results and tool arguments are `tool`. */
  readonly texts: (roles: readonly TextRole[]) => Iterable<string>;
  /** What a user said last, without what agents put beside it. */
  readonly lastUserText: () => string | undefined;
  /** Bytes of base64 of pictures, sound and documents, and how many of these there are, those at an address too. */
  readonly media: () => { readonly bytes: number; readonly count: number };
  /** The same, one by one, in no particular order. */
  readonly mediaList: () => readonly Medium[];
  readonly maxTokens: () => number | undefined;
  /** Temperature 0, or a seed: the client asks for the same answer to the same question. */
  readonly isDeterministic: () => boolean;
  /** The last message is the result of a tool. */
  readonly isToolLoop: () => boolean;
  /** Any tool call or result in the conversation. */
  readonly hasToolTurns: () => boolean;
  readonly hasSignedReasoning: () => boolean;
  /** Names files, cached contents or stored answers that exist at one provider only. */
  readonly hasProviderIds: () => boolean;
  /** The conversation's id where the body carries one (`metadata.user_id`, `prompt_cache_key` …), with the name of the field. */
  readonly sessionId: () => { readonly id: string; readonly field: string } | undefined;
  /** System prompt, tools and first user message as one text, without what agents vary from call to call (RTE-50). */
  readonly opening: () => string | undefined;
}

/** What a wire format needs for its clients to be served. One instance each, no state. */
export interface ClientDialect {
  readonly id: ClientDialectId;
  readonly family: Family;
  /** `event:` lines and SSE comments are tolerated by this dialect's clients (not by Gemini's). */
  readonly toleratesComments: boolean;
  /** Which opaque forms a client of this dialect can carry for us on a reasoning part. */
  readonly opaqueForms: readonly ('signature' | 'redacted' | 'encrypted' | 'thought_signature')[];

  /** Reads what routing needs and checks the types of what we act on. Throws `read.invalid_field` with `param` for a wrong type. */
  readonly readFacts: (document: JsonDocument) => RequestFacts;
  /** Never throws: what cannot be read is not there. */
  readonly survey: (document: JsonDocument) => Survey;
  readonly decodeRequest: (body: JsonObject, context: DecodeRequestContext) => CanonicalRequest;
  readonly encodeAnswer: (response: CanonicalResponse, context: EncodeAnswerContext) => JsonObject;
  readonly createStreamEncoder: (context: EncodeAnswerContext) => StreamEncoder;
  /** An error body in canonical words. Never throws: an unreadable body becomes its status and a cut of its text. */
  readonly decodeError: (status: number, body: string) => CanonicalError;
  /** The body of an error answer in this dialect. `requestId` is ours. */
  readonly encodeError: (error: CanonicalError, requestId: string) => JsonObject;
  /** Wire text of an error inside a running stream of this dialect, after which the stream ends. */
  readonly encodeStreamError: (error: CanonicalError, requestId: string) => string;
}

/** A wire format both ways: its clients can be served and its providers called. */
export interface Dialect extends ClientDialect {
  readonly id: DialectId;
  /** Tools a target may be given as they are: custom, namespaced, searched. Anything not here is lowered to plain functions. */
  readonly toolKinds: readonly ('function' | 'custom' | 'tool_search' | 'namespace')[];
  /** Longest tool name and allowed characters of a target. */
  readonly toolName: { readonly maxLength: number; readonly pattern: RegExp };

  readonly encodeRequest: (request: CanonicalRequest, context: EncodeRequestContext) => EncodedRequest;
  readonly decodeAnswer: (body: JsonObject, context: DecodeAnswerContext) => CanonicalResponse;
  readonly createStreamDecoder: (context: DecodeAnswerContext) => StreamDecoder;
  readonly createMeter: () => Meter;
}

/** `true` for a plain JSON object. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The object at `value`, or an empty one. For reading providers, who are trusted with less. */
export function asObject(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {};
}

export function asArray(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? (value as readonly Json[]) : [];
}

export function asString(value: Json | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

export function asNumber(value: Json | undefined): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

/** The last second a date can be of (ECMA-262, time values). */
const lastSecond = 8.64e12;

/** Seconds since 1970, `undefined` for what is no point in time. */
export function asSeconds(value: Json | undefined): number | undefined {
  return typeof value === 'number' && value >= 0 && value <= lastSecond ? value : undefined;
}

export function asBoolean(value: Json | undefined): boolean | undefined {
  return typeof value === 'boolean' ? value : undefined;
}

/** `list.push(...more)` for lists of any length: spread arguments must fit on the stack. */
export function append<Item>(list: Item[], more: readonly Item[]): void {
  for (const item of more) list.push(item);
}

/** One SSE event with an `event:` line. `data` must hold no line break (JSON never does). */
export function sseEvent(name: string, data: Json | JsonObject): string {
  return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}

/** One SSE event without an `event:` line. */
export function sseData(data: Json | JsonObject): string {
  return `data: ${JSON.stringify(data)}\n\n`;
}

/** Our codes that OpenAI has its own word for, which its clients look for (platform.openai.com, error codes). */
const openaiWords = lookup<string>({
  'route.model_not_found': 'model_not_found',
  'read.previous_response_not_found': 'previous_response_not_found',
  'admit.key_invalid': 'invalid_api_key',
  'admit.key_missing': 'invalid_api_key',
});

/** `error.code` for clients of the OpenAI family. */
export function openaiErrorCode(code: string | undefined): string | null {
  return code === undefined ? null : (openaiWords[code] ?? code);
}
