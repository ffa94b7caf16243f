/** Why a request went where it went, as a page for people who have never seen a gateway's insides. */
import type { DecisionEntry, PinEntry } from '../../../shared/contract/route.ts';
import type { ExchangeEntry } from '../../../shared/contract/traffic.ts';
import type { Verdict } from '../../../shared/contract/words.ts';
import { printable } from '../../kit/printable.ts';
import { counted, grouped, localTime, money, wait } from '../output.ts';
import { attemptChain } from './attempts.ts';
import { candidateLines } from './candidates.ts';
import { factClauses } from './facts.ts';

export interface Explanation {
  readonly decision: DecisionEntry;
  /** Absent when it was simulated. */
  readonly past?: { readonly entry: ExchangeEntry; readonly verified: Verdict; readonly note: string } | undefined;
  readonly timeZone: string;
}

const strategies: Readonly<Record<NonNullable<DecisionEntry['route']>['strategy'], string>> = {
  single: 'its one target',
  fallback: 'its targets in the order they are listed',
  weighted: 'one of its targets by weight, then the others',
  lowest_cost: 'the cheapest first',
  lowest_latency: 'the quickest first',
  least_busy: 'the least busy first',
  conditional: 'the first whose condition holds',
  auto: 'the best score of quality, cost and speed first',
};

/** What the names that need no route choose by. */
const builtIn: Readonly<Record<string, string>> = {
  auto: 'the best balance of quality, cost and speed',
  best: 'the model that promises most',
  fast: 'the one that answers soonest',
  cheap: 'the cheapest that is good enough',
};

export function renderExplanation({ decision, past, timeZone }: Explanation): string {
  const { candidates } = decision;
  return [
    ...lines(overviewOf(decision, past?.entry, timeZone)),
    ...(candidates.length === 0 ? [] : ['', ...candidateLines(decision)]),
    '',
    ...(past === undefined ? simulated(decision) : afterwards(decision, past)),
  ].join('\n');
}

/** What is known of an exchange that has no decision. */
export function renderUndecided({
  entry,
  note,
  timeZone,
}: {
  entry: ExchangeEntry;
  note: string;
  timeZone: string;
}): string {
  return lines([
    ['asked', askedIn(entry, entry.model_asked ?? '–', timeZone)],
    ['target', entry.target ?? '–'],
    ['why', entry.route_reason ?? '–'],
    ...attemptsOf(entry),
    ['decision', `none is kept. ${note}`],
  ]).join('\n');
}

type Line = readonly [label: string, text: string];

const labelWidth = 13;
/** What fits a terminal that nobody widened by much. */
const textWidth = 100;

function lines(of: readonly Line[]): string[] {
  return of.flatMap(([label, text]) =>
    wrapped(printable(text)).map((line, index) => `${(index === 0 ? label : '').padEnd(labelWidth)}${line}`),
  );
}

/** Broken at spaces; a word that is longer than a line stays whole. */
function wrapped(text: string): string[] {
  const [first = '', ...words] = text.split(' ');
  const out = [first];
  for (const word of words) {
    const line = out.at(-1) ?? '';
    if (line.length + 1 + word.length > textWidth) out.push(word);
    else out[out.length - 1] = `${line} ${word}`;
  }
  return out;
}

function overviewOf(decision: DecisionEntry, entry: ExchangeEntry | undefined, timeZone: string): Line[] {
  const { chosen, reason, route, rule, skipped, facts, pin, offline } = decision;
  return [
    [
      'asked',
      entry === undefined
        ? askedBy(decision.asked, { client: facts.client ?? null, key: decision.key, surface: facts.surface })
        : askedIn(entry, decision.asked, timeZone),
    ],
    ['chosen', chosen ?? 'nothing: no target may or can serve this'],
    ['why', sentence(reason)],
    rule === null || route === null
      ? ['rule', `none: ${withoutRule(decision)}`]
      : ['rule', `${rule}: ${choiceOf(route)}`],
    ...skipped.map(({ id, why }): Line => ['passed over', `${id}: ${why}`]),
    ['facts', factClauses(facts).join('; ')],
    ...sessionLines(decision),
    ...switchLines(pin),
    ...(offline ? [['offline', 'every provider had failed on the way to it: this machine was offline'] as const] : []),
  ];
}

function withoutRule({ chosen, skipped }: DecisionEntry): string {
  return chosen === null && skipped.length > 0
    ? 'each that has this name is for other requests'
    : 'the name that was asked for says where it goes';
}

function choiceOf({ alias, origin, strategy }: NonNullable<DecisionEntry['route']>): string {
  return (origin === 'built in' ? builtIn[alias] : undefined) ?? strategies[strategy];
}

function askedIn(entry: ExchangeEntry, asked: string, timeZone: string): string {
  return `${askedBy(asked, entry)}, on ${localTime(entry.at, timeZone)}`;
}

function askedBy(asked: string, { client, key, surface }: Pick<ExchangeEntry, 'client' | 'key' | 'surface'>): string {
  // In brackets stands what no key is called: `(any key)`.
  const named = key?.startsWith('(') === true ? key.slice(1, -1) : `key ${key ?? ''}`;
  const [who, how] = [client === null ? '' : ` by ${client}`, key === null ? '' : ` with ${named}`];
  return `"${asked}"${who}${how}, over ${surface}`;
}

function sessionLines({ facts, session, pin }: DecisionEntry): Line[] {
  const told = facts.session ?? null;
  if (told === null && pin === null) return [];
  const turn =
    facts.session_turn === undefined
      ? 'the first turn seen of a conversation'
      : `turn ${facts.session_turn} of a conversation`;
  const parts = [
    told === null ? turn : `${turn} (known by ${told.source === 'opening' ? 'how it begins' : told.source})`,
    ...(session === null ? [] : [`answered last by ${session.target}${cacheOf(session)}`]),
  ];
  return [['session', `${parts.join('; ')}${pin === null ? '' : `. ${sentence(pin.why)}`}`]];
}

function cacheOf({ cached_tokens, cache_left_ms }: NonNullable<DecisionEntry['session']>): string {
  if (cached_tokens === 0) return '';
  const left = cache_left_ms > 0 ? `for another ${wait(cache_left_ms)}` : 'no more: its time has passed';
  return `, which holds ${grouped(cached_tokens)} tokens in its cache ${left}`;
}

function switchLines(pin: DecisionEntry['pin']): Line[] {
  const switching = pin?.switching ?? null;
  return switching === null ? [] : [['switch', switchSum(switching)]];
}

/** The sum itself, so that it can be followed. */
function switchSum({
  to,
  cached_tokens,
  cost_usd,
  gain_usd,
  expected_turns,
  balance_usd,
}: NonNullable<PinEntry['switching']>): string {
  const pays = Number(balance_usd) > 0;
  return (
    `to ${to} costs ${money(cost_usd)} once for ${grouped(cached_tokens)} cached tokens and saves ${money(gain_usd)} a turn: ` +
    `over about ${grouped(Math.round(expected_turns * 10) / 10)} more turns ${money(balance_usd)}, so it ${pays ? 'pays' : 'does not pay'}`
  );
}

function simulated(decision: DecisionEntry): string[] {
  return [...lines(instead(decision, 'would')), 'Simulated: nothing was sent, spent or recorded.'];
}

/** What the best would have cost, by what was expected of both. */
function instead({ counterfactual }: DecisionEntry, word: 'would' | 'was expected to'): Line[] {
  if (counterfactual === null) return [];
  const difference = counterfactual.if_asked_best;
  const more = difference.startsWith('-') ? 'less' : 'more';
  return [['instead', `the one of highest quality ${word} cost ${money(difference.slice(1))} ${more}`]];
}

function afterwards(decision: DecisionEntry, { entry, verified, note }: NonNullable<Explanation['past']>): string[] {
  const told = note === '' || verified === 'same' ? '' : `. ${sentence(note)}`;
  return [
    ...lines([...attemptsOf(entry), ['cost', costOf(entry)], ...instead(decision, 'was expected to')]),
    printable(`derived again: ${verified === 'unknown' ? 'not possible' : verified}${told}`),
  ];
}

function attemptsOf(entry: ExchangeEntry): Line[] {
  if (entry.cache !== null) return [['attempts', 'none: the answer came from the cache']];
  return entry.attempts.length === 0
    ? [['attempts', `none: ${entry.error ?? entry.outcome}`]]
    : [['attempts', attemptChain(entry.attempts)]];
}

function costOf({ cost_usd, cache, attempts }: ExchangeEntry): string {
  if (cache !== null)
    return `${money('0')}; the cache saved ${cache.saved_usd === null ? 'what it would have cost' : money(cache.saved_usd)}`;
  if (cost_usd === null) return 'unknown: not all of it has a known price';
  return `${money(cost_usd)}${attempts.length > 1 ? ` for ${counted(attempts.length, 'attempt')} together` : ''}`;
}

function sentence(text: string): string {
  const capital = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(capital) ? capital : `${capital}.`;
}
