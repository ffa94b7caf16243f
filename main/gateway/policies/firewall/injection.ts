/** Says how likely a text is to take the model over: an injected instruction or a jailbreak, by who wrote the text. */
import { partHarness } from './harness.ts';
import { injectionOdds } from './injection-score.ts';
import type { Odds } from './injection-score.ts';
import { loadWeights } from './weights.ts';

/** Who wrote it: `definition` is what a tool says of itself. */
export type Trust = 'system' | 'user' | 'assistant' | 'tool' | 'definition';

export interface InjectionResult {
  /** In [0, 1]; 0.5 is the usual threshold at every trust, since how far the author is trusted is taken into account. */
  readonly score: number;
  /** What spoke for it: `override`, `prompt_extraction`, `role_delimiter`, `exfiltration`, `jailbreak_persona`, `encoded`, `hidden_text`, `model`. */
  readonly reasons: readonly string[];
}

/** Logarithms of odds in favour of the author. Operators and the model itself give orders; only what is beyond doubt counts there. */
const credit: Readonly<Record<Trust, number>> = { tool: 0.8, definition: 0.8, user: 0.8, assistant: 8, system: 8 };
/** What a text must reach before the reasons are told. */
const leastTold = 0.25;

/** Longer texts are judged in parts, by the worst of them. Parts overlap, so that none cuts an instruction in two. */
const partChars = 65_536;
const overlapChars = 4_096;

/**
 * Pure and synchronous, in time proportional to the text, and never throws. Reminders that known agents write between the user's words
 * are judged as the system's.
 */
export function inspectInjection(text: string, trust: Trust): InjectionResult {
  const steps = injectionSteps(text, trust);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/** The same in steps of some milliseconds. */
export function* injectionSteps(text: string, trust: Trust): Generator<undefined, InjectionResult> {
  const parted = partHarness(text, trust === 'tool' || trust === 'definition');
  const own = yield* worstOf(parted.own, trust);
  if (parted.reminders === '') return own;
  const reminders = yield* worstOf(parted.reminders, 'system');
  return reminders.score > own.score ? reminders : own;
}

function* worstOf(text: string, trust: Trust): Generator<undefined, InjectionResult> {
  let worst = judged(injectionOdds(text.slice(0, partChars + overlapChars), loadWeights()), trust);
  for (let start = partChars; start + overlapChars < text.length; start += partChars) {
    yield undefined;
    const part = text.slice(start, start + partChars + overlapChars);
    const next = judged(injectionOdds(part, loadWeights()), trust);
    if (next.score > worst.score) worst = next;
  }
  return worst;
}

function judged({ odds, reasons }: Odds, trust: Trust): InjectionResult {
  const score = 1 / (1 + Math.exp(credit[trust] - odds));
  return { score, reasons: score >= leastTold ? reasons : [] };
}
