/** The rules of the firewall over the texts of one request, or of an answer: what fits, and what is to be done about it. */
import { textKey } from './text-key.ts';
import type { TextRole } from '../../../../shared/config/condition.ts';
import type { Condition } from '../../../../shared/config/condition.ts';
import type { FoundKind } from '../../../../shared/domain/masking.ts';
import { GenerationMap } from '../../../kit/generations.ts';
import { matchesPatternBetween, PatternFinder } from '../../../kit/pattern.ts';
import { atOnce, type Steps } from '../../../kit/steps.ts';
import type { LeafPlace } from '../../dialects/leaves.ts';
import type { FirewallRule } from '../../ports.ts';
import { readEscapes } from '../masking/escapes.ts';
import { injectionSteps, inspectInjection, type InjectionResult, type Trust } from './injection.ts';
import type { TextSpan } from './strip.ts';
import { findTopics, type FindTopics } from './topics.ts';

/** From here on a text is taken for an attack, where the rule does not say otherwise. */
const usualThreshold = 0.5;
/** Of one text a pattern looks at so much at a time: what fits it is not longer than the overlap. */
const patternChars = 262_144;
const patternOverlap = 4_096;
/** Of one text a judge sees so much: the part it is about. Parts overlap, so that none cuts what was found. */
const judgedChars = 12_000;
const judgedStep = 8_000;
/** Scores of some hundred thousand texts, and whether topics stand in as many. */
const memoBytes = 16 * 1024 * 1024;
const entryBytes = 240;

/** One text of a request, by the name that the same text has everywhere. */
export interface FirewallText {
  readonly name: string;
  readonly text: () => string;
  readonly place: LeafPlace;
  /** Kinds that were found in it. */
  readonly kinds: readonly FoundKind[];
  /** Goes out as it came, whatever is found in it: its provider signed it. */
  readonly isSigned?: boolean | undefined;
}

export interface FirewallHit {
  readonly rule: FirewallRule;
  /** For people, without the text: `prompt_injection 0.97 in a tool's result: override, exfiltration`. */
  readonly detail: string;
  /** The text it was found in, or the part of a long one that tells, for a judge; empty where there is none to ask about. */
  readonly text: string;
  /** Of the whole text it was found in. */
  readonly name: string;
  readonly place: LeafPlace;
}

/** What of a rule was found, and why it counts. */
interface Fit {
  readonly what: string;
  readonly why: string;
}

const roleOf: Readonly<Record<LeafPlace, TextRole>> = {
  ...{ system: 'system', user: 'user', assistant: 'assistant', tool: 'tool' },
  // What a tool says of itself comes from wherever the tool does.
  definition: 'tool',
  other: 'user',
};

const trustOf: Readonly<Record<LeafPlace, Trust>> = {
  ...{ system: 'system', user: 'user', assistant: 'assistant', tool: 'tool', definition: 'definition', other: 'user' },
};

const placeWords: Readonly<Record<LeafPlace, string>> = {
  system: 'in the system prompt',
  user: 'in what the user says',
  assistant: 'in what the model said',
  tool: 'in what a tool was given or gave',
  definition: "in a tool's description",
  other: 'in a field of the request',
};

/** Makes what the rules need once; holds scores of texts it has seen, no text. */
export class Firewall {
  readonly rules: readonly FirewallRule[];
  /** Made for the first text that holds one of them. */
  readonly #topics = new Map<FirewallRule, FindTopics>();
  /** Those of all rules in one pass, where there are several: most texts hold none of them. */
  readonly #anyTopic: FindTopics | undefined;
  readonly #topical = new GenerationMap<boolean>(memoBytes);
  readonly #patterns = new Map<string, PatternFinder | undefined>();
  readonly #scores = new GenerationMap<InjectionResult>(memoBytes);

  constructor(rules: readonly FirewallRule[]) {
    this.rules = rules;
    const topical = rules.filter(({ topics }) => topics.length > 0);
    this.#anyTopic = topical.length < 2 ? undefined : findTopics(topical.flatMap(({ topics }) => topics));
  }

  /** Makes the tables that rules will ask for, some dozen milliseconds of work, unless that has been done. */
  prepare(): void {
    if (this.rules.some(({ detect }) => detect === 'prompt_injection')) inspectInjection('', 'tool');
  }

  /** Kinds that rules look for. */
  get kinds(): ReadonlySet<FoundKind> {
    const kinds = new Set<FoundKind>();
    for (const { detect } of this.rules) if (isKind(detect)) kinds.add(detect);
    return kinds;
  }

  /** A request is refused for what detectors find in it: where these fail, nobody can say that it may go on. */
  get refusesKinds(): boolean {
    return this.rules.some(
      ({ action, audit, detect, in: places }) =>
        isKind(detect) && places.length > 0 && audit !== true && action !== 'warn' && action !== 'log',
    );
  }

  /** Whether any of them looks at answers. */
  get readsAnswers(): boolean {
    return this.rules.some(({ inAnswer }) => inAnswer);
  }

  /**
   * The first place each rule fits, in the order of the rules; of rules with a judge all places, for it may think otherwise of each.
   * Rules that take out pass over what is signed.
   * `holds` decides conditions. `undefined` comes between: then others may have their turn.
   */
  *request(
    texts: readonly FirewallText[],
    holds: (condition: Condition) => boolean,
  ): Generator<FirewallHit | undefined, void> {
    let topical: readonly FirewallText[] | undefined;
    for (const rule of this.rules) {
      if (rule.detect === 'system_prompt_leak' || (rule.when !== undefined && !holds(rule.when))) continue;
      if (looksForNothing(rule)) yield conditionHit(rule);
      else if (isTopicsAlone(rule)) yield* this.#hits(rule, (topical ??= yield* this.#withTopics(texts)));
      else yield* this.#hits(rule, texts);
    }
  }

  /** Those that hold a topic of any rule: of hundreds of rules none needs to be asked about the others. */
  *#withTopics(texts: readonly FirewallText[]): Generator<undefined, readonly FirewallText[]> {
    const found: FirewallText[] = [];
    for (const one of texts) {
      if (!this.rules.some((rule) => isTopicsAlone(rule) && isAskedOf(rule, one))) continue;
      yield undefined;
      if (this.#mayHoldTopics(one)) found.push(one);
    }
    return found;
  }

  *#hits(rule: FirewallRule, texts: readonly FirewallText[]): Generator<FirewallHit | undefined, void> {
    for (const one of texts) {
      if (!isAskedOf(rule, one)) continue;
      yield undefined;
      const found = yield* this.#fits(rule, one);
      if (found === undefined) continue;
      const { name, place } = one;
      const detail = `${found.what} ${placeWords[place]}${found.why}`;
      if (rule.judge === undefined) {
        yield { rule, detail, text: one.text(), name, place };
        return;
      }
      yield { rule, detail, text: yield* this.#telling(rule, one), name, place };
    }
  }

  /** What of a text a judge is shown: of an attack the part that looks most like one, else the first that fits. */
  *#telling(rule: FirewallRule, { text, place }: FirewallText): Generator<undefined, string> {
    const whole = text();
    if (whole.length <= judgedChars) return whole;
    let best = '';
    let bestScore = -1;
    for (let start = 0; start < whole.length; start += judgedStep) {
      const part: FirewallText = { name: '', text: () => whole.slice(start, start + judgedChars), place, kinds: [] };
      yield undefined;
      if ((yield* this.#fits(rule, part)) === undefined) continue;
      if (rule.detect !== 'prompt_injection') return part.text();
      const { score } = yield* this.#score(part);
      if (score > bestScore) [best, bestScore] = [part.text(), score];
    }
    return best;
  }

  /** The same of an answer's text; `kinds`: what was found in it. */
  answer(text: string, kinds: readonly FoundKind[]): FirewallHit[] {
    const hits: FirewallHit[] = [];
    const asked: FirewallText = { name: '', text: () => text, place: 'assistant', kinds };
    for (const rule of this.rules) {
      if (!rule.inAnswer || rule.detect === 'system_prompt_leak') continue;
      const found = atOnce(this.#fits(rule, asked));
      if (found !== undefined)
        hits.push({ rule, detail: `${found.what} in the answer${found.why}`, text, name: '', place: 'assistant' });
    }
    return hits;
  }

  /** What of a text a rule found, in no order; all of it where that has no place, as an attack has none. */
  *spans(rule: FirewallRule, one: FirewallText, found: readonly Found[]): Generator<undefined, readonly TextSpan[]> {
    if (!isAskedOf(rule, one)) return [];
    const { detect, pattern } = rule;
    if (detect === 'prompt_injection') return (yield* this.#fits(rule, one)) === undefined ? [] : [all(one)];
    const kinds = found.filter(({ kind }) => kind === detect);
    const topics = this.#topicsOf(rule)?.(one.text()) ?? [];
    yield undefined;
    return [...kinds, ...topics, ...(pattern === undefined ? [] : this.#patternSpans(pattern, one))];
  }

  #patternSpans(pattern: string, one: FirewallText): readonly TextSpan[] {
    if (!this.#patterns.has(pattern)) this.#patterns.set(pattern, PatternFinder.of(pattern));
    const finder = this.#patterns.get(pattern);
    const text = one.text();
    const read = readEscapes(text);
    const spans: TextSpan[] = [];
    try {
      finder?.each(text, (start, end) => spans.push({ start, end }));
      if (read !== undefined)
        finder?.each(read.text, (start, end) => spans.push({ start: read.at(start), end: read.at(end) }));
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      // Nobody can say where it ends: nothing of the text may go.
      return [all(one)];
    }
    return spans;
  }

  *#fits(rule: FirewallRule, one: FirewallText): Steps<Fit | undefined> {
    const { detect, pattern } = rule;
    if (detect === 'prompt_injection') {
      const { score, reasons } = yield* this.#score(one);
      if (score < (rule.threshold ?? usualThreshold)) return undefined;
      return {
        what: `prompt_injection ${score.toFixed(2)}`,
        why: reasons.length === 0 ? '' : `: ${reasons.join(', ')}`,
      };
    }
    if (isKind(detect) && one.kinds.includes(detect)) return { what: detect, why: '' };
    if (pattern !== undefined && (yield* fitsIn(pattern, one.text()))) return { what: 'its pattern', why: '' };
    const isTopical = rule.topics.length > 0 && this.#mayHoldTopics(one);
    if (isTopical && (this.#topicsOf(rule)?.(one.text()) ?? []).length > 0)
      return { what: 'one of its topics', why: '' };
    return undefined;
  }

  #topicsOf(rule: FirewallRule): FindTopics | undefined {
    if (rule.topics.length === 0) return undefined;
    let find = this.#topics.get(rule);
    if (find === undefined) this.#topics.set(rule, (find = findTopics(rule.topics)));
    return find;
  }

  /** Of any rule. What is known of a text is known of it wherever it stands. */
  #mayHoldTopics({ name, text }: FirewallText): boolean {
    if (this.#anyTopic === undefined) return true;
    const known = name === '' ? undefined : this.#topical.get(name);
    if (known !== undefined) return known;
    const may = this.#anyTopic(text()).length > 0;
    if (name !== '') this.#topical.set(name, may, entryBytes + 2 * name.length);
    return may;
  }

  *#score({ name, text, place }: FirewallText): Generator<undefined, InjectionResult> {
    const key = textKey({ place, name });
    const known = name === '' ? undefined : this.#scores.get(key);
    if (known !== undefined) return known;
    const result = yield* injectionSteps(text(), trustOf[place]);
    if (name !== '') this.#scores.set(key, result, entryBytes + 2 * key.length);
    return result;
  }
}

/** A value of a kind that a rule may look for, and where it stands. */
export interface Found extends TextSpan {
  readonly kind: FoundKind;
}

function isAskedOf(rule: FirewallRule, { place, isSigned }: FirewallText): boolean {
  return rule.in.includes(roleOf[place]) && !(rule.action === 'strip' && isSigned === true);
}

function all({ text }: FirewallText): TextSpan {
  return { start: 0, end: text().length };
}

/** Whether a pattern fits in a text, as it is written or as it is read where it holds escapes. */
function* fitsIn(pattern: string, text: string): Generator<undefined, boolean> {
  const read = readEscapes(text);
  for (const one of read === undefined ? [text] : [text, read.text])
    for (let start = 0; start === 0 || start + patternOverlap < one.length; start += patternChars) {
      if (matchesPatternBetween(pattern, one, { start, end: start + patternChars + patternOverlap })) return true;
      yield undefined;
    }
  return false;
}

function isKind(detect: FirewallRule['detect']): detect is FoundKind {
  return detect !== undefined && detect !== 'prompt_injection' && detect !== 'system_prompt_leak';
}

/** It looks for topics, and for nothing else. */
function isTopicsAlone({ detect, pattern, topics }: FirewallRule): boolean {
  return detect === undefined && pattern === undefined && topics.length > 0;
}

/** A rule of a condition alone: what it says is reason enough. */
function looksForNothing({ detect, pattern, topics }: FirewallRule): boolean {
  return detect === undefined && pattern === undefined && topics.length === 0;
}

function conditionHit(rule: FirewallRule): FirewallHit {
  return { rule, detail: 'its condition holds', text: '', name: '', place: 'other' };
}
