/** What a condition says, in words: a tree of short clauses, and the sentence they make. */
import type { Condition, ConditionSurface, Content, TextRole } from '../../../shared/config/condition.ts';
import type { PromptType } from '../../../shared/domain/prompt-type.ts';
import type { MessageKey, Text } from '../../text/text.ts';

export type ConditionType = PromptType | 'code' | 'agent';

/** In the order people are offered them. */
export const surfaces = [
  ...(['chat', 'responses', 'messages', 'gemini', 'completions', 'embeddings', 'moderations', 'images'] as const),
  ...(['audio', 'rerank', 'realtime', 'count_tokens'] as const),
] as const satisfies readonly ConditionSurface[];
export const contents = [
  ...(['tools', 'image', 'audio', 'pdf', 'video', 'json_schema', 'cache_control', 'reasoning', 'stream'] as const),
] as const satisfies readonly Content[];
export const roles = ['system', 'user', 'assistant', 'tool'] as const satisfies readonly TextRole[];
export const conditionTypes = [
  ...(['code', 'agent', 'code_generation', 'code_review', 'agent_step', 'math', 'extraction', 'summarize'] as const),
  ...(['translate', 'rewrite', 'creative', 'factual_qa', 'chat', 'other'] as const),
] as const satisfies readonly ConditionType[];
export const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Day = (typeof days)[number];

/** What a condition holds, as it may stand in a file: what nobody wrote is absent. */
export type SparseCondition = { readonly [Name in keyof Condition]?: Condition[Name] | undefined };

export type Clause =
  | { readonly kind: 'clause'; readonly text: string }
  | { readonly kind: 'all' | 'any'; readonly clauses: readonly Clause[] }
  | { readonly kind: 'not'; readonly clause: Clause };

/** What a condition can name, in the order in which it is said. */
type Said = Exclude<keyof Condition, 'min_conf'>;

const wordings: {
  readonly [Name in Said]-?: (value: NonNullable<Condition[Name]>, text: Text, all: SparseCondition) => Clause;
} = {
  client: (names, text) => said(text, 'routes.when.client', { names: either(names, text) }),
  surface: (list, text) =>
    said(text, 'routes.when.surface', {
      names: either(
        list.map((one) => text.t(`routes.surface.${one}`)),
        text,
      ),
    }),
  model: (names, text) => said(text, 'routes.when.model', { names: either(names, text) }),
  has: (list, text) =>
    said(text, 'routes.when.has', {
      names: both(
        list.map((one) => text.t(`routes.has.${one}`)),
        text,
      ),
    }),
  tokens: (bounds, text) => said(text, 'routes.when.tokens', { bounds: boundsText(bounds, text) }),
  lang: (codes, text) =>
    said(text, 'routes.when.lang', {
      names: either(
        codes.map((code) => languageName(code, text)),
        text,
      ),
    }),
  prompt_type: (types, text, { min_conf }) => {
    const names = either(
      types.map((type) => text.t(`routes.type.${type}`)),
      text,
    );
    return min_conf === undefined
      ? said(text, 'routes.when.type', { names })
      : said(text, 'routes.when.type.sure', { names, share: text.percent(min_conf) });
  },
  text: ({ pattern, in: from }, text) =>
    from === undefined
      ? said(text, 'routes.when.text', { pattern })
      : said(text, 'routes.when.text.in', {
          pattern,
          roles: either(
            from.map((role) => text.t(`routes.role.${role}`)),
            text,
          ),
        }),
  tag: (tags, text) =>
    together(
      'all',
      Object.entries(tags).map(([name, values]) =>
        said(text, 'routes.when.tag', { name, values: either(values, text) }),
      ),
    ),
  time: (time, text) => said(text, 'routes.when.time', { time: timeText(time, text) }),
  all: (list, text) =>
    together(
      'all',
      list.map((one) => clausesOf(one, text)),
    ),
  any: (list, text) =>
    together(
      'any',
      list.map((one) => clausesOf(one, text)),
    ),
  not: (inner, text) => ({ kind: 'not', clause: clausesOf(inner, text) }),
};

/** Every part of a condition that says something, in one tree. */
export function clausesOf(condition: SparseCondition, text: Text): Clause {
  const parts = (Object.keys(wordings) as Said[]).flatMap((name) => {
    const value = condition[name];
    return value === undefined ? [] : [wordOf(name, value, text, condition)];
  });
  if (condition.min_conf !== undefined && condition.prompt_type === undefined)
    parts.push(said(text, 'routes.when.sure', { share: text.percent(condition.min_conf) }));
  return together('all', parts);
}

function wordOf(name: Said, value: unknown, text: Text, all: SparseCondition): Clause {
  return (wordings[name] as (value: unknown, text: Text, all: SparseCondition) => Clause)(value, text, all);
}

/** The condition as one sentence without its first word: `the request has tools and …`. */
export function conditionText(condition: SparseCondition, text: Text): string {
  return clauseText(clausesOf(condition, text), text, true);
}

function clauseText(clause: Clause, text: Text, isOutermost: boolean): string {
  if (clause.kind === 'clause') return clause.text;
  if (clause.kind === 'not') return text.t('routes.when.not', { clause: clauseText(clause.clause, text, false) });
  const list = clause.clauses.map((one) => clauseText(one, text, false));
  const whole = clause.kind === 'any' ? either(list, text) : both(list, text);
  return isOutermost ? whole : `(${whole})`;
}

/** One part stands for itself; parts of the same kind need no brackets. */
function together(kind: 'all' | 'any', parts: readonly Clause[]): Clause {
  const clauses = parts.flatMap((part) => (part.kind === kind ? part.clauses : [part]));
  const [only] = clauses;
  return clauses.length === 1 && only !== undefined ? only : { kind, clauses };
}

function said({ t }: Text, key: MessageKey, values: Readonly<Record<string, string | number>>): Clause {
  return { kind: 'clause', text: t(key, values) };
}

function either(list: readonly string[], { locale }: Text): string {
  return new Intl.ListFormat(locale, { type: 'disjunction' }).format(list);
}

function both(list: readonly string[], { locale }: Text): string {
  return new Intl.ListFormat(locale, { type: 'conjunction' }).format(list);
}

const boundKeys = {
  gt: 'routes.bound.gt',
  gte: 'routes.bound.gte',
  lt: 'routes.bound.lt',
  lte: 'routes.bound.lte',
} as const;

function boundsText(bounds: NonNullable<Condition['tokens']>, text: Text): string {
  const names = (Object.keys(boundKeys) as (keyof typeof boundKeys)[]).flatMap((name) => {
    const value = bounds[name];
    return value === undefined ? [] : [text.t(boundKeys[name], { count: text.count(value) })];
  });
  return names.length === 0 ? text.t('routes.bound.any') : both(names, text);
}

function timeText({ days: list, hours, timezone }: NonNullable<Condition['time']>, text: Text): string {
  const { t, locale } = text;
  const parts: string[] = [];
  if (list !== undefined)
    parts.push(
      either(
        list.map((one) => dayText(one, locale, t('routes.day.range.word'))),
        text,
      ),
    );
  if (hours !== undefined) {
    const [from = '', to = ''] = hours.split('-');
    parts.push(t('routes.when.hours', { from: `${from}:00`, to: `${to}:00` }));
  }
  if (timezone !== undefined) parts.push(t('routes.when.zone', { zone: timezone }));
  return parts.join(', ');
}

function dayText(day: string, locale: string, to: string): string {
  return day
    .split('-')
    .map((one) => dayName(one as Day, locale))
    .join(` ${to} `);
}

/** `Mon`; of a week that began on a Monday. */
export function dayName(day: Day, locale: string, style: 'short' | 'long' = 'short'): string {
  const at = new Date(Date.UTC(2024, 0, 1 + Math.max(0, days.indexOf(day))));
  return new Intl.DateTimeFormat(locale, { weekday: style, timeZone: 'UTC' }).format(at);
}

function languageName(code: string, { locale }: Text): string {
  try {
    return new Intl.DisplayNames(locale, { type: 'language' }).of(code) ?? code;
  } catch {
    return code;
  }
}

/** `['mon-fri', 'sun']` → the days themselves, in the order of the week. */
export function daysOf(list: readonly string[]): readonly Day[] {
  const found = new Set<Day>();
  for (const one of list) {
    const [first = '', last = first] = one.split('-');
    const [from, to] = [days.indexOf(first as Day), days.indexOf(last as Day)];
    if (from < 0 || to < 0) continue;
    // A range may go over the end of the week: `sat-mon`.
    for (let step = 0; step <= (to - from + 7) % 7; step += 1) found.add(days[(from + step) % 7] ?? 'mon');
  }
  return days.filter((day) => found.has(day));
}

/** Days as a file names them: three or more in a row are a range. */
export function dayRanges(list: readonly Day[]): string[] {
  const ranges: string[] = [];
  let run: Day[] = [];
  const close = (): void => {
    if (run.length >= 3) ranges.push(`${run[0]}-${run.at(-1)}`);
    else ranges.push(...run);
    run = [];
  };
  for (const day of days) {
    if (list.includes(day)) run.push(day);
    else close();
  }
  close();
  return ranges;
}
