/** Conditions, decided and told. Total and pure: whatever a condition says, there is an answer, and the facts alone decide it. */
import type { Condition, Content } from '../../../shared/config/condition.ts';
import type { PromptType } from '../../../shared/domain/prompt-type.ts';
import { matchesAny, matchesGlob } from '../../kit/glob.ts';
import type { RouteFacts } from './decision.ts';
import { describeTime, isWithin, momentOf } from './time-window.ts';
import { count, languageName, listed, percent } from './wording.ts';

/** Whether all that is named holds. What costs little is asked first, and what decides ends the asking. */
export function holds(condition: Condition, facts: RouteFacts): boolean {
  return failing(condition, facts) === undefined;
}

/** What does not hold, for people: `needs more than 180,000 input tokens (this has about 812)`. Asks for no fact that `holds` did not. */
export function whyNot(condition: Condition, facts: RouteFacts): string {
  const clause = failing(condition, facts);
  return clause === undefined ? 'its condition holds' : clause.why(condition, facts);
}

/** A condition as one clause: `more than 60,000 input tokens, with tools`. */
export function describe(condition: Condition): string {
  const told = clausesOf(condition).map((clause) => clause.describe(condition));
  return told.length === 0 ? 'always' : told.join(', ');
}

interface Clause {
  readonly isNamed: (condition: Condition) => boolean;
  readonly holds: (condition: Condition, facts: RouteFacts) => boolean;
  readonly describe: (condition: Condition) => string;
  readonly why: (condition: Condition, facts: RouteFacts) => string;
}

/** By condition: snapshots never change, and every request goes through theirs. */
const namedClauses = new WeakMap<Condition, readonly Clause[]>();

function clausesOf(condition: Condition): readonly Clause[] {
  let named = namedClauses.get(condition);
  if (named === undefined) {
    named = clauses.filter((clause) => clause.isNamed(condition));
    namedClauses.set(condition, named);
  }
  return named;
}

function failing(condition: Condition, facts: RouteFacts): Clause | undefined {
  for (const clause of clausesOf(condition)) if (!clause.holds(condition, facts)) return clause;
  return undefined;
}

/** A clause about one property of a condition. */
function about<Name extends keyof Condition>(
  name: Name,
  clause: {
    readonly holds: (value: NonNullable<Condition[Name]>, facts: RouteFacts, condition: Condition) => boolean;
    readonly describe: (value: NonNullable<Condition[Name]>, condition: Condition) => string;
    readonly why: (value: NonNullable<Condition[Name]>, facts: RouteFacts, condition: Condition) => string;
  },
): Clause {
  // Asked for only where `isNamed` said yes.
  const of = (condition: Condition): NonNullable<Condition[Name]> => condition[name] as NonNullable<Condition[Name]>;
  return {
    isNamed: (condition) => condition[name] !== undefined,
    holds: (condition, facts) => clause.holds(of(condition), facts, condition),
    describe: (condition) => clause.describe(of(condition), condition),
    why: (condition, facts) => clause.why(of(condition), facts, condition),
  };
}

/** `a`, `a or b`, `a, b or c`. */
function either(words: readonly string[]): string {
  return words.length <= 1 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1) ?? ''}`;
}

function quoted(text: string): string {
  return `"${text}"`;
}

// ---------------------------------------------------------------- who asks, for what, when

const client = about('client', {
  holds: (names, facts) => facts.client !== undefined && matchesAny(names, facts.client),
  describe: (names) => `client ${either(names)}`,
  why: (names, facts) => `is for the client ${either(names)} (this comes from ${facts.client ?? 'one without a name'})`,
});

const surface = about('surface', {
  holds: (surfaces, facts) => surfaces.includes(facts.surface),
  describe: (surfaces) => `over ${either(surfaces)}`,
  why: (surfaces, facts) => `is for requests over ${either(surfaces)} (this came over ${facts.surface})`,
});

/** As it was sent, or without the provider in front of it where the pattern names none. */
function isModel(pattern: string, model: string): boolean {
  if (matchesGlob(pattern, model)) return true;
  const slash = model.indexOf('/');
  return slash > 0 && !pattern.includes('/') && matchesGlob(pattern, model.slice(slash + 1));
}

const model = about('model', {
  holds: (patterns, facts) => patterns.some((pattern) => isModel(pattern, facts.model)),
  describe: (patterns) => `model ${either(patterns)}`,
  why: (patterns, facts) => `is for the model ${either(patterns)} (this asks for ${facts.model})`,
});

const tag = about('tag', {
  holds: (tags, facts) => Object.keys(tags).every((name) => hasTag(name, tags[name] ?? [], facts)),
  describe: (tags) => listed(Object.entries(tags).map(([name, values]) => `tag ${name} ${either(values.map(quoted))}`)),
  why: (tags, facts) => {
    const [name, values] = Object.entries(tags).find(([one, wanted]) => !hasTag(one, wanted, facts)) ?? ['', []];
    const value = facts.tag(name);
    return `needs the tag ${name} to be ${either(values.map(quoted))} (it is ${value === undefined ? 'not set' : quoted(value)})`;
  },
});

function hasTag(name: string, values: readonly string[], facts: RouteFacts): boolean {
  const value = facts.tag(name);
  return value !== undefined && matchesAny(values, value);
}

const time = about('time', {
  holds: (window, facts) => isWithin(window, facts.at),
  describe: describeTime,
  why: (window, facts) => `is for ${describeTime(window)} (it is ${momentOf(window, facts.at)})`,
});

// ---------------------------------------------------------------- what is asked

type Bounds = NonNullable<Condition['tokens']>;

function isInBounds({ lt, lte, gt, gte }: Bounds, tokens: number): boolean {
  return (
    (lt === undefined || tokens < lt) &&
    (lte === undefined || tokens <= lte) &&
    (gt === undefined || tokens > gt) &&
    (gte === undefined || tokens >= gte)
  );
}

function boundsOf({ lt, lte, gt, gte }: Bounds): string {
  const told = [
    gt === undefined ? undefined : `more than ${count(gt)}`,
    gte === undefined ? undefined : `at least ${count(gte)}`,
    lt === undefined ? undefined : `fewer than ${count(lt)}`,
    lte === undefined ? undefined : `at most ${count(lte)}`,
  ].filter((one) => one !== undefined);
  return `${told.length === 0 ? 'any number of' : listed(told)} input tokens`;
}

const tokens = about('tokens', {
  holds: (bounds, facts) => isInBounds(bounds, facts.tokens),
  describe: boundsOf,
  why: (bounds, facts) => `needs ${boundsOf(bounds)} (this has about ${count(facts.tokens)})`,
});

interface ContentWords {
  readonly noun: string;
  readonly have: string;
  readonly lacks: string;
}

const contentWords: Readonly<Record<Content, ContentWords>> = {
  tools: { noun: 'tools', have: 'have tools', lacks: 'has none' },
  image: { noun: 'a picture', have: 'hold a picture', lacks: 'holds none' },
  audio: { noun: 'sound', have: 'hold sound', lacks: 'holds none' },
  pdf: { noun: 'a PDF', have: 'hold a PDF', lacks: 'holds none' },
  video: { noun: 'a video', have: 'hold a video', lacks: 'holds none' },
  json_schema: { noun: 'a schema for the answer', have: 'give a schema for the answer', lacks: 'gives none' },
  cache_control: { noun: 'cache marks', have: 'have cache marks', lacks: 'has none' },
  reasoning: { noun: 'reasoning', have: 'ask for reasoning', lacks: 'does not' },
  stream: { noun: 'a streamed answer', have: 'ask for a streamed answer', lacks: 'does not' },
};

const has = about('has', {
  holds: (contents, facts) => contents.every((content) => facts.has(content)),
  describe: (contents) => `with ${listed(contents.map((content) => contentWords[content].noun))}`,
  why: (contents, facts) => {
    // The first that is missing says enough, and what is not asked for is not looked up.
    const missing = contents.find((content) => !facts.has(content)) ?? contents[0];
    if (missing === undefined) return 'needs nothing';
    const { have, lacks } = contentWords[missing];
    return `is for requests that ${have} (this one ${lacks})`;
  },
});

const lang = about('lang', {
  holds: (codes, facts) => {
    const { code } = facts.language;
    return code !== undefined && codes.some((one) => one.toLowerCase() === code);
  },
  describe: (codes) => `in ${either(codes.map(languageName))}`,
  why: (codes, facts) => {
    const { code } = facts.language;
    const found = code === undefined ? 'the language of this one is not clear' : `this is in ${languageName(code)}`;
    return `is for texts in ${either(codes.map(languageName))} (${found})`;
  },
});

const promptGroups: Readonly<Record<string, readonly PromptType[]>> = {
  code: ['code_generation', 'code_review'],
  agent: ['agent_step'],
};

/** What cannot be told is `other`, except where the condition wants to be sure. */
function isPrompt(types: readonly string[] | undefined, least: number | undefined, facts: RouteFacts): boolean {
  const { type, confidence } = facts.promptType;
  if (least !== undefined && (type === undefined || confidence < least)) return false;
  return types === undefined || types.some((one) => (promptGroups[one] ?? [one]).includes(type ?? 'other'));
}

function promptsOf(types: readonly string[] | undefined, least: number | undefined): string {
  const words =
    types === undefined ? 'prompts of any type' : `${either(types.map((one) => one.replaceAll('_', ' ')))} prompts`;
  return least === undefined ? words : `${words}, if that is at least ${percent(least)} sure`;
}

/** `min_conf` alone wants a type that was told, whichever it is. */
const prompt: Clause = {
  isNamed: ({ prompt_type, min_conf }) => prompt_type !== undefined || min_conf !== undefined,
  holds: ({ prompt_type, min_conf }, facts) => isPrompt(prompt_type, min_conf, facts),
  describe: ({ prompt_type, min_conf }) => promptsOf(prompt_type, min_conf),
  why: ({ prompt_type, min_conf }, facts) => {
    const { type, confidence } = facts.promptType;
    const found =
      type === undefined
        ? 'the kind of this one is not clear'
        : `this looks like ${type.replaceAll('_', ' ')}, ${percent(confidence)} sure`;
    return `is for ${promptsOf(prompt_type, min_conf)} (${found})`;
  },
};

const text = about('text', {
  holds: (wanted, facts) => facts.matches(wanted.pattern, wanted.in),
  describe: (wanted) => `a text that fits ${wanted.pattern}`,
  why: (wanted) => `needs a text that fits ${wanted.pattern} (this has none)`,
});

// ---------------------------------------------------------------- several of them

const all = about('all', {
  holds: (conditions, facts) => conditions.every((one) => holds(one, facts)),
  describe: (conditions) => conditions.map(describe).join(', '),
  why: (conditions, facts) => {
    const first = conditions.find((one) => !holds(one, facts));
    return first === undefined ? 'its conditions hold' : whyNot(first, facts);
  },
});

const any = about('any', {
  holds: (conditions, facts) => conditions.some((one) => holds(one, facts)),
  describe: (conditions) => `one of: ${conditions.map((one) => `(${describe(one)})`).join(' ')}`,
  why: (conditions, facts) => conditions.map((one) => whyNot(one, facts)).join(', and '),
});

const not = about('not', {
  holds: (condition, facts) => !holds(condition, facts),
  describe: (condition) => `not (${describe(condition)})`,
  why: (condition) => `is not for this kind of request: ${describe(condition)}`,
});

/** Cheap ones first: a text is searched only when all else holds. */
const clauses: readonly Clause[] = [
  ...[client, surface, model, tag, time, tokens, has, prompt, lang],
  ...[text, all, any, not],
];
