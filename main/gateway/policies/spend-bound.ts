/** The most that a request can cost, worked out before it is sent, and how much output a budget still pays for (BUD-06, BUD-07). */
import type { Operation } from '../../../shared/domain/dialect.ts';
import { costBound, outputRateBound, type Price } from '../../../shared/domain/price.ts';
import type { ProviderKind } from '../../../shared/config/provider.ts';
import type { Survey } from '../dialects/dialect.ts';
import type { JsonDocument } from '../dialects/document.ts';
import { extentOf, plainExtent, type Extent } from '../dialects/extent.ts';
import type { ModelFacts } from '../ports.ts';
import { audioTokens, imageTokens, mediaBound } from './media-bound.ts';

/** An answer shorter than this is hardly of use: a request that can have no more is refused instead. */
const leastUsefulTokens = 256;
/** No known model takes more input (Llama 4 Scout apart, which is served with less). */
const largestWindow = 2_097_152;
/** The most any known model writes at once: 128 k of Claude and GPT, and twice that for those to come. */
const largestOutput = 262_144;
/** Of a model of which nothing is known. It is said in the request, and servers refuse more than their window holds. */
const guessedOutput = 32_768;
/** Searches a vendor makes for one answer where the request names no limit. */
const usualSearches = 10;

/** Tokens of the template around messages, and of a vendor's own words before them. Grok 4 is told the most (about 700). */
const overheadTokens = 256;
const talkative: Readonly<Partial<Record<ProviderKind, number>>> = { xai: 1_024, perplexity: 1_024 };
/**
 * What tools add beyond their bytes. Claude ("Pricing", tool use): 804 for the longest system prompt, 700 and 245 for the text
 * editor and the shell, 499 and 735 for the computer.
 */
const toolTokens = 512;
const claudeToolTokens = 3_000;

/** GPT Image makes up to 6,240 tokens of a picture, and 100 for each of three previews ("Image generation", cost and latency). */
const drawnTokens = 6_540;
/** Pictures that may be edited at once, and the longest prompt, in characters of at most four bytes (Images API reference). */
const maxEdited = 16;
const maxImagePrompt = 32_000 * 4;
/** More than that many are not made at once. */
const maxPictures = 10;
/** The field `n` of a form, as any reader of forms may find it, and as clients write it. */
const countName = /\bname(?:\*[^=\r\n]*=|[ \t]*=[ \t]*(?:"\\?n"|n[\s;]))/i;
const plainCount = /\bname="?n"?\r\n\r\n(\d{1,4})\r\n/g;
/** Words of a recording of an hour, or a speech of as many: more than the models that do either write (16,384). */
const spokenTokens = 16_384;

export interface SpendQuestion {
  readonly operation: Operation;
  /** What is sent, as it came from the client. */
  readonly body: Buffer;
  /** The body, where it is JSON. */
  readonly document: JsonDocument | undefined;
  /** Of a conversation. */
  readonly survey: Survey | undefined;
  /** The limit the client set; `undefined`: none, or the body tells (`completions`). */
  readonly maxTokens: number | undefined;
  /** What is known of the model. */
  readonly facts: ModelFacts;
  /** What it costs, or the dearest it can; `undefined`: nobody knows. */
  readonly price: Price | undefined;
  readonly providerKind: ProviderKind;
  /** The most tokens of the text by a tokenizer: its count times how far off it can be. */
  readonly counted?: number | undefined;
}

/** Counts and whole pico-USD that a request cannot pass. */
export interface SpendBound {
  readonly inputTokens: number;
  /** Of one answer: what a limit in the request bounds. 0 where there is no output. */
  readonly outputTokens: number;
  /** How many are asked for at once. */
  readonly answers: number;
  /** Neither the client nor anything known of the model bounds the output: say the limit in the request where it must hold. */
  readonly isGuessed: boolean;
  /** Of everything; `undefined`: no price, or none that fits what is asked for. */
  readonly amount: number | undefined;
  /** Of the input and fees alone. */
  readonly inputAmount: number;
  /** Of one token of output, for each of the answers: `amount` is `inputAmount + outputTokens × outputRate`. */
  readonly outputRate: number;
}

/** What a request can cost at most. Pure. Never below what it costs, as far as the facts of the model are true. */
export function boundOf(question: SpendQuestion): SpendBound {
  const { price, facts } = question;
  const { inputTokens, outputTokens, isGuessed, answers, searches } = tokensOf(question);
  const counts = { inputTokens, outputTokens, answers, isGuessed };
  if (question.operation === 'count_tokens') return { ...counts, amount: 0, inputAmount: 0, outputRate: 0 };
  if (price === undefined || !isPricedByToken(question.operation, facts))
    return { ...counts, amount: undefined, inputAmount: 0, outputRate: 0 };
  const inputAmount = costBound({ inputTokens, outputTokens: 0, webSearches: searches }, price);
  const outputRate = Math.ceil(outputRateBound(price, inputTokens)) * answers;
  return { ...counts, inputAmount, outputRate, amount: upTo(inputAmount + outputTokens * outputRate) };
}

/** The same request with a lower limit of output. */
export function withOutput(bound: SpendBound, outputTokens: number): SpendBound {
  if (bound.amount === undefined) return { ...bound, outputTokens };
  return { ...bound, outputTokens, amount: upTo(bound.inputAmount + outputTokens * bound.outputRate) };
}

/**
 * The most output, for each answer, that `room` pays for after the input; at most what the request asks for anyway. `undefined`
 * when that is too little to be of use, or when nobody knows what it costs. `withOutput` of it is never above `room`.
 */
export function clipTo(bound: SpendBound, room: bigint): number | undefined {
  const { amount, inputAmount, outputRate, outputTokens } = bound;
  if (amount === undefined) return undefined;
  const left = room - BigInt(inputAmount);
  if (left < 0n) return undefined;
  if (outputRate === 0) return outputTokens;
  const paid = left / BigInt(outputRate);
  const tokens = paid < BigInt(outputTokens) ? Number(paid) : outputTokens;
  return tokens >= Math.min(leastUsefulTokens, outputTokens) ? tokens : undefined;
}

/** Pictures and sounds often cost by the piece or the second: where that is unknown, a relative's tokens tell nothing. */
function isPricedByToken(operation: Operation, facts: ModelFacts): boolean {
  return (operation !== 'images' && operation !== 'audio') || facts.price !== undefined;
}

interface Tokens extends Pick<SpendBound, 'inputTokens' | 'outputTokens' | 'answers' | 'isGuessed'> {
  readonly searches: number;
}

function tokensOf(question: SpendQuestion): Tokens {
  const { operation, document, facts } = question;
  const extent = document === undefined ? plainExtent : extentOf(document);
  const { answers } = extent;
  const fixed = { answers, searches: 0, isGuessed: false };
  switch (operation) {
    case 'embeddings':
    case 'moderations':
    case 'rerank':
    case 'count_tokens':
    case 'models':
      return { ...fixed, inputTokens: textTokens(question), outputTokens: 0 };
    case 'images':
      return {
        ...fixed,
        answers: document === undefined ? picturesOf(question.body) : answers,
        inputTokens: pictureInput(question),
        outputTokens: drawnTokens,
      };
    case 'audio': {
      const outputTokens = Math.max(facts.maxOutputTokens ?? 0, spokenTokens);
      const inputTokens = document === undefined ? audioTokens(question.body.length) : textTokens(question);
      return { ...fixed, inputTokens, outputTokens };
    }
    case 'generate':
    case 'compact':
    case 'completions':
      return { ...conversation(question, extent), answers, searches: extent.searches ?? usualSearches };
  }
}

function conversation(
  question: SpendQuestion,
  { runsThere }: Extent,
): Pick<SpendBound, 'inputTokens' | 'outputTokens' | 'isGuessed'> {
  const { survey, facts } = question;
  const window = windowOf(question);
  const media = mediaBound(survey?.mediaList() ?? [], facts.id, window);
  const hidden = runsThere || survey?.hasProviderIds() === true;
  const text = hidden ? window : textTokens(question);
  const inputTokens = Math.min(text + media.inWindow, window) + media.besideWindow;
  const limit = limitOf(question);
  if (limit !== undefined) return { inputTokens, outputTokens: limit, isGuessed: false };
  const most = facts.maxOutputTokens;
  if (most !== undefined) return { inputTokens, outputTokens: most, isGuessed: false };
  const held = facts.contextWindow;
  if (held === undefined) return { inputTokens, outputTokens: guessedOutput, isGuessed: true };
  return { inputTokens, outputTokens: Math.min(held, largestOutput), isGuessed: false };
}

/** The client's. Models take no more than they can, so a wish beyond every model's counts as theirs. */
function limitOf({ operation, document, maxTokens, facts }: SpendQuestion): number | undefined {
  // A compaction has no limit that would be passed on.
  if (operation === 'compact') return undefined;
  const field = operation === 'completions' ? document?.value('max_tokens') : undefined;
  const asked = maxTokens ?? (typeof field === 'number' ? field : undefined);
  if (asked === undefined || !(asked > 0)) return undefined;
  return Math.min(Math.ceil(asked), Math.max(facts.maxOutputTokens ?? 0, facts.contextWindow ?? 0) || largestOutput);
}

/**
 * Byte-level BPE and SentencePiece with byte fallback never make more tokens than there are bytes, and the JSON around the texts
 * has more bytes than a template has tokens.
 */
function textTokens({ body, survey, counted, facts, providerKind }: SpendQuestion): number {
  const bytes = Math.max(0, body.length - (survey?.media().bytes ?? 0));
  const tools = survey?.has('tools') === true ? (isClaude(facts.id) ? claudeToolTokens : toolTokens) : 0;
  const overhead = (talkative[providerKind] ?? overheadTokens) + tools;
  return Math.ceil(Math.min(bytes, counted ?? bytes)) + overhead;
}

function pictureInput(question: SpendQuestion): number {
  if (question.document !== undefined) return textTokens(question);
  // A form with pictures: its bytes are not words.
  return Math.min(question.body.length, maxImagePrompt) + maxEdited * imageTokens(question.facts.id) + overheadTokens;
}

/** Pictures that a form asks for. One that says it in an unusual way asks for as many as there may be. */
function picturesOf(body: Buffer): number {
  const form = body.toString('latin1');
  if (!countName.test(form)) return 1;
  const told = [...form.matchAll(plainCount)].map(([, count]) => Number(count));
  return told.length === 1 && told[0] !== undefined ? Math.min(Math.max(1, told[0]), maxPictures) : maxPictures;
}

/** Prices for more input than the known window mean that there is a way to a larger one. */
function windowOf({ facts, price }: SpendQuestion): number {
  const window = facts.contextWindow;
  if (window === undefined || price?.above?.some(({ tokens }) => tokens >= window) === true) return largestWindow;
  return window;
}

function isClaude(model: string): boolean {
  return model.includes('claude');
}

function upTo(amount: number): number {
  return Math.min(amount, Number.MAX_SAFE_INTEGER);
}
