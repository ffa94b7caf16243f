/** Token counts: by the target's own counter where it has one, else here; always an answer, rounded up (CLI-08). */
import { GatewayError } from '../../shared/errors/gateway-error.ts';
import type { JsonDocument } from './dialects/document.ts';
import type { HealthKeeper, Plan, Surface, Target } from './exchange.ts';
import type { TokenRatios } from './token-ratios.ts';
import type { AttemptFailure } from './upstream/failure.ts';

/** The target has a token counter of the surface's own dialect. */
export function countsItself(target: Target, surface: Surface): boolean {
  return target.provider.dialects.some((id) => id === surface.dialect && id !== 'openai-chat');
}

/**
 * The plan of a count: the tokens of the target that would answer are wanted, so others are asked only where they are counted in
 * the same way. No target: it is counted here.
 */
export function countingPlan(plan: Plan, surface: Surface): Plan {
  const [first] = plan.targets;
  const counts = first !== undefined && countsItself(first, surface);
  return { ...plan, targets: counts ? plan.targets.filter((one) => countsItself(one, surface)) : [], hedge: undefined };
}

/** The request itself was wrong, and would be wherever it is counted. */
const wrongRequest: ReadonlySet<number> = new Set([400, 413, 422]);

/** Whether the client is told of the failure; everything else is no reason to leave it without a count. */
export function isTold(failures: readonly AttemptFailure[]): boolean {
  const status = failures.at(-1)?.answer?.status;
  return status !== undefined && wrongRequest.has(status);
}

/** Why nobody can be asked now: that keeps nobody from counting here. */
const momentary: ReadonlySet<string> = new Set(['route.no_target', 'route.no_credential', 'attempt.rate_limited']);

export function isMomentary(error: unknown): boolean {
  return error instanceof GatewayError && momentary.has(error.code);
}

/** A counter's refusals say nothing of the model: it has limits of its own, or is not there at all. */
export function countingHealth(health: HealthKeeper): HealthKeeper {
  return {
    mayAsk: (ref) => health.mayAsk(ref),
    begin(ref) {
      const report = health.begin(ref);
      return (told) => {
        const isOfCounter = told.kind === 'failed' && told.status !== undefined && told.status !== 401;
        report(isOfCounter ? { kind: 'abandoned' } : told);
      };
    },
    takeRetry: (provider) => health.takeRetry(provider),
    get isOffline() {
      return health.isOffline;
    },
  };
}

/** The target's own tokenizer, where its tables happen to be loaded; `undefined` otherwise. */
export type QuickCount = (text: Buffer, target: Target) => Promise<number | undefined>;

export interface CountInput {
  readonly surface: Surface;
  readonly document: JsonDocument | undefined;
  readonly model: string;
  readonly target: Target | undefined;
  readonly learned: TokenRatios;
}

/** Base64 of images and files is not text to a tokenizer; providers charge about this many tokens for one. */
const mediaTokens = 1_600;
const base64Run = /"[A-Za-z0-9+/=]{2000,}"/g;

/** By what was learned of the model's tokens. At once. */
export function answerCountLocally({ surface, document, target, learned }: CountInput): Buffer {
  const { size, mediaCount } = measured(document);
  return countBody(surface, learned.estimate(nameOf(target), size) + mediaCount * mediaTokens);
}

/**
 * The same, and by the target's own tokenizer where nothing was learned yet and that costs no time. What was learned is nearer
 * the provider's own count than the tokens of JSON are.
 */
export async function countLocally(input: CountInput, quick: QuickCount): Promise<Buffer> {
  const { surface, document, target, learned } = input;
  if (document === undefined || target === undefined || learned.knows(nameOf(target))) return answerCountLocally(input);
  const { mediaCount } = measured(document);
  const tokens = mediaCount > 0 ? undefined : await quick(document.bytes, target);
  return tokens === undefined ? answerCountLocally(input) : countBody(surface, tokens);
}

function nameOf(target: Target | undefined): string | undefined {
  return target === undefined ? undefined : `${target.provider.id}/${target.model}`;
}

function measured(document: JsonDocument | undefined): { readonly size: number; readonly mediaCount: number } {
  const bytes = document?.bytes ?? Buffer.alloc(0);
  let mediaCount = 0;
  let size = bytes.length;
  if (bytes.length > 2_000 && bytes.includes('base64')) {
    for (const match of bytes.toString('latin1').matchAll(base64Run)) {
      mediaCount++;
      size -= match[0].length;
    }
  }
  return { size, mediaCount };
}

function countBody({ family }: Surface, tokens: number): Buffer {
  return Buffer.from(JSON.stringify(family === 'gemini' ? { totalTokens: tokens } : { input_tokens: tokens }));
}
