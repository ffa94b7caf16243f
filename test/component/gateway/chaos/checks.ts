// What must be true of every exchange, whatever its providers did to it.
import type { AttemptRecord, ExchangeRecord } from '../../../../main/gateway/exchange.ts';
import type { Asking, Outcome } from './client.ts';
import type { Sighting } from './provider.ts';
import type { RouteFacts } from './rig.ts';

/** One request from all sides. */
export interface Exchanged {
  readonly asking: Asking;
  readonly route: RouteFacts;
  readonly outcome: Outcome;
  /** Of the ledger; none for a client that left before its request was read. */
  readonly records: readonly ExchangeRecord[];
  /** Of all providers, in the order in which they came. */
  readonly seen: readonly Sighting[];
}

/** What is wrong with it, told from all sides; empty when nothing is. */
export function reportOf(exchanged: Exchanged): string[] {
  const problems = problemsOf(exchanged);
  if (problems.length === 0) return [];
  const { asking, outcome, records, seen } = exchanged;
  const attempts = records.flatMap((record) =>
    record.attempts.map(({ kind, target, status, error }) => `${kind} ${target} ${String(status)} ${String(error)}`),
  );
  return [
    [
      `#${String(asking.n)} ${asking.client} ${asking.stream ? 'stream' : 'plain'} ${asking.model}: ${problems.join('; ')}`,
      `client: ${outcome.kind} ${String(outcome.status)} ${shortened(outcome.text)}`,
      `providers: ${seen.map(({ provider, k, behaviour }) => `${provider}${String(k)} ${behaviour}`).join(', ')}`,
      `ledger: ${records.map((one) => `${one.outcome} ${String(one.status)} ${String(one.error)}`).join(' and ')}`,
      `attempts: ${attempts.join(', ')}`,
    ].join('\n    '),
  ];
}

function shortened(text: string): string {
  return JSON.stringify(text.length > 300 ? `${text.slice(0, 150)} … ${text.slice(-150)}` : text);
}

function problemsOf(exchanged: Exchanged): string[] {
  const problems = [...exchanged.outcome.problems];
  const say = (problem: string): void => {
    problems.push(problem);
  };
  const [record] = exchanged.records;
  checkText(exchanged, say);
  if (exchanged.records.length > 1) say('it has two records');
  if (record === undefined) {
    if (exchanged.outcome.kind !== 'left') say('it has no record');
    if (exchanged.seen.length > 0) say('providers saw it, and the ledger did not');
    return problems;
  }
  checkRecord(exchanged, record, say);
  checkAttempts(exchanged, record, say);
  checkUsage(exchanged, record, say);
  return problems;
}

type Say = (problem: string) => void;

/** The text is of one answer, from its beginning on: no word twice, none missing, none of another provider. */
function checkText({ outcome, route, seen }: Exchanged, say: Say): void {
  const { kind, text } = outcome;
  if (text === '') {
    if (kind === 'whole') say('a whole answer without a word');
    return;
  }
  const sources = seen.filter(({ wholeText }) => wholeText.startsWith(text));
  if (sources.length === 0) say(`text that no provider said`);
  else if (kind === 'whole' && !sources.some(({ wholeText }) => wholeText === text))
    say(`a part that was called the whole`);
  if (route.holds && kind === 'error') say('a held answer of which the client got a part');
}

/** The record tells what the client got. */
function checkRecord({ outcome, seen }: Exchanged, record: ExchangeRecord, say: Say): void {
  const told = `${record.outcome}, ${String(record.status)}, ${String(record.error)}`;
  if (record.outcome === 'open') say('its record was closed while open');
  if (record.error === 'internal.bug') say('a bug of ours');
  if (record.durationMs === undefined || record.durationMs < 0) say('a record without its duration');
  if (outcome.kind === 'left') return;
  if (record.status !== outcome.status) say(`the record says ${told}, the client got ${String(outcome.status)}`);
  if (record.requestId !== outcome.requestId) say('the client was told another request id');
  if ((record.outcome === 'complete') !== (outcome.kind === 'whole'))
    say(`the record says ${told}, and to the client it was ${outcome.kind}`);
  if (record.outcome === 'aborted') say('the record says that a client left which stayed');
  if (outcome.kind === 'error' && record.error === undefined) say('an error the record does not name');
  if (record.outcome === 'failed' && outcome.text !== '') say('a failed exchange of which the client has text');
  if (outcome.kind !== 'whole') return;
  const last = seen.filter(({ wholeText }) => wholeText === outcome.text).map(({ provider }) => provider);
  if (!last.some((provider) => record.target?.startsWith(`${provider}/`) === true))
    say(`answered by ${last.join(' or ')}, and the record says ${String(record.target)}`);
}

/** Errors of an attempt that may have ended before the provider saw anything of it. */
const unseen: ReadonlySet<string | undefined> = new Set([
  ...['client_gone', 'hedge_lost', 'attempt.reset', 'attempt.protocol', 'attempt.connect', 'attempt.connect_timeout'],
  ...['attempt.ttft_timeout', 'attempt.total_timeout'],
]);

/** The ledger's attempts are the requests that providers saw, bounded, and none came after the commit point. */
function checkAttempts(exchanged: Exchanged, record: ExchangeRecord, say: Say): void {
  const { route, seen, outcome } = exchanged;
  // Without a credential nothing was sent: it was passed over.
  const sent = record.attempts.filter(({ credential }) => credential !== undefined);
  if (sent.length > route.limit) say(`${String(sent.length)} attempts where ${String(route.limit)} are allowed`);
  if (sent.length > 0 && sent[0]?.kind !== 'first') say(`its first attempt is a ${String(sent[0]?.kind)}`);
  for (const { kind, ms, startedMs, error, status } of record.attempts) {
    if (ms < 0 || startedMs < 0) say('an attempt before its time');
    if (kind === 'hedge' && !route.hedges) say('a second request nobody asked for');
    if (kind === 'continue' && !route.alike) say('an answer that nobody asked to be gone on with');
    if (error === undefined && status !== 200) say(`an attempt that did well with the status ${String(status)}`);
  }
  for (const provider of route.targets) compare(provider, sent, seen, say);
  const foreign = seen.find(({ provider }) => !route.targets.includes(provider));
  if (foreign !== undefined) say(`provider ${foreign.provider} was asked, which the route does not name`);
  if (!route.alike && outcome.text !== '') checkNoneAfter(exchanged, sent, say);
}

/** At one provider: each request it saw is an attempt, with the key and the status it knows of. */
function compare(provider: string, sent: readonly AttemptRecord[], seen: readonly Sighting[], say: Say): void {
  const recorded = sent.filter(({ target }) => target.startsWith(`${provider}/`));
  const saw = seen.filter((one) => one.provider === provider);
  if (saw.length > recorded.length)
    say(`${provider} saw ${String(saw.length)} requests, and the ledger has ${String(recorded.length)}`);
  const maybeUnseen = recorded.filter(({ status, error }) => status === undefined && unseen.has(error));
  if (recorded.length - saw.length > maybeUnseen.length)
    say(`the ledger has ${String(recorded.length)} requests to ${provider}, which saw ${String(saw.length)}`);
  const keys = saw.map(({ key }) => key);
  const strange = without(
    keys,
    recorded.map(({ credential }) => credential),
  );
  if (strange.length > 0) say(`${provider} was asked with ${strange.join(', ')}, which the ledger does not know`);
  const statuses = recorded.flatMap(({ status }) => status ?? []);
  const untold = without(
    statuses,
    saw.map(({ status }) => status),
  );
  // What no server of HTTP says: the word of the parser.
  if (untold.length > 0) say(`the ledger has ${untold.join(', ')} of ${provider}, which it never said`);
  const well = recorded.filter(({ error }) => error === undefined).length;
  if (well > saw.filter(({ isWhole }) => isWhole).length)
    say(`the ledger praises ${provider} for an answer that was none`);
}

/** What is in `list` beyond what is in `other`, each as often as it is. */
function without<Item>(list: readonly Item[], other: readonly unknown[]): Item[] {
  const left = [...other];
  return list.filter((item) => {
    const found = left.indexOf(item);
    if (found !== -1) left.splice(found, 1);
    return found === -1;
  });
}

/** A few letters may be of more than one answer: then any of them may have said them. */
function checkNoneAfter({ outcome, seen }: Exchanged, sent: readonly AttemptRecord[], say: Say): void {
  const sources = seen.filter(({ wholeText }) => wholeText.startsWith(outcome.text));
  const isLast = ({ provider, k }: Sighting): boolean => {
    const isThere = ({ target }: AttemptRecord): boolean => target.startsWith(`${provider}/`);
    const later = seen.filter((one) => one.provider === provider && one.k > k).length;
    if (later > sent.filter((one) => one.kind === 'hedge' && isThere(one)).length) return false;
    const at = sent.findLastIndex(isThere);
    return sent.slice(at + 1).every(({ kind }) => kind === 'hedge');
  };
  if (!sources.some(isLast)) say('another attempt was made after the client had words of one');
}

function checkUsage({ outcome, route, seen }: Exchanged, record: ExchangeRecord, say: Say): void {
  const all = [record, ...record.attempts];
  for (const { usage, usageSource } of all) {
    if ((usage === undefined) !== (usageSource === 'none')) say(`usage ${JSON.stringify(usage)} by ${usageSource}`);
    for (const [name, count] of Object.entries(usage ?? {}) as [string, number | undefined][])
      if (count !== undefined && !(Number.isSafeInteger(count) && count >= 0)) say(`${name} is ${String(count)}`);
  }
  const cost = record.attempts.reduce((sum, one) => sum + (one.cost ?? 0), 0);
  if (record.cost !== cost || !(Number.isSafeInteger(cost) && cost >= 0))
    say(`it costs ${String(record.cost)}, and its attempts ${String(cost)}`);
  if (outcome.kind !== 'whole') return;
  if (record.usage === undefined) say('a whole answer that was free');
  const source = seen.find(({ wholeText }) => wholeText === outcome.text);
  if (route.alike || source?.toldUsage !== true) return;
  const { input, output } = source.usage;
  if (record.usageSource !== 'provider' || record.usage?.inputTokens !== input || record.usage.outputTokens !== output)
    say(
      `${source.provider} counted ${String(input)} and ${String(output)}, the ledger ${JSON.stringify(record.usage)}`,
    );
}
