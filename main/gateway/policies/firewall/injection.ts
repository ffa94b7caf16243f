/** Says how likely a text is to take the model over: an injected instruction or a jailbreak, by who wrote the text. */
import { partHarness } from './harness.ts';
import { injectionOdds } from './injection-score.ts';
import { loadWeights } from './weights.ts';

/** Who wrote it: `definition` is what a tool says of itself. */
export type Trust = 'system' | 'user' | 'assistant' | 'tool' | 'definition';

export interface InjectionResult {
  /** In [0, 1]; 0.5 is the usual threshold at every trust, since how far the author is trusted is taken into account. */
  readonly score: number;
  /** What spoke for it: `override`, `prompt_extraction`, `role_delimiter`, `exfiltration`, `jailbreak_persona`, `encoded`, `hidden_text`, `model`. */
  readonly reasons: readonly string[];
}

/** The model is believed on its own from so many bytes on; people say short things, and tools are strictly judged. */
const tellingBytes: Readonly<Record<Trust, number>> = { system: 96, user: 96, assistant: 96, tool: 64, definition: 64 };
/** What is too short stays this far below the usual threshold, in logarithms of odds. */
const doubt = 0.2;

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
  let worst = judged(text.slice(0, partChars + overlapChars), trust);
  for (let start = partChars; start + overlapChars < text.length; start += partChars) {
    yield undefined;
    const part = text.slice(start, start + partChars + overlapChars);
    const next = judged(part, trust);
    if (next.score > worst.score) worst = next;
  }
  return worst;
}

function judged(text: string, trust: Trust): InjectionResult {
  const { odds: found, reasons } = injectionOdds(text, loadWeights());
  const isByModel = reasons.length === 1 && reasons[0] === 'model';
  // "Say hello" is what somebody wants said, and a part of many attacks: of so few words the model alone cannot tell.
  const isTooShort = isByModel && Buffer.byteLength(text) < tellingBytes[trust];
  const odds = isTooShort ? Math.min(found, credit[trust] - doubt) : found;
  const score = 1 / (1 + Math.exp(credit[trust] - odds));
  return { score, reasons: score >= leastTold ? reasons : [] };
}
