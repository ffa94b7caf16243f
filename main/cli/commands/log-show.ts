/** `sluice log show`: one exchange whole, with what it cost and why, and what was said where that is recorded. */
import type { CallOutput } from '../../../shared/contract/contract.ts';
import type { AttemptEntry, CostLineEntry, ExchangeEntry, SafetyEntry } from '../../../shared/contract/traffic.ts';
import { jsonForTerminal, printable, printableLines } from '../../kit/printable.ts';
import type { Arguments } from '../arguments.ts';
import { withClient } from '../client.ts';
import { outcomeOf } from '../explain/attempts.ts';
import { counted, duration, grouped, localTime, money } from '../output.ts';
import type { Shell } from '../shell.ts';
import { project } from './log.ts';
import { lastRequestId } from './route.ts';

type Whole = CallOutput<'traffic.get'>;

export async function showExchange(args: Arguments, shell: Shell): Promise<number> {
  const [id = 'last'] = args.operands;
  return withClient(args, shell, async (client) => {
    const requestId = id === 'last' ? await lastRequestId(client) : id;
    const whole = await client.ask('traffic.get', { request_id: requestId, arithmetic: true });
    const { entry, ...more } = whole;
    if (args.flag('json')) shell.out(jsonForTerminal({ ...project(entry), ...more }));
    else shell.out(pageOf(whole, shell.timezone).join('\n'));
    return 0;
  });
}

type Line = readonly [label: string, text: string];
const labelWidth = 11;
const line = ([label, text]: Line): string => `${label.padEnd(labelWidth)}${printable(text)}`;

function pageOf({ entry, costs, safety, ...said }: Whole, timeZone: string): string[] {
  return [
    ...overviewOf(entry, timeZone).map(line),
    ...safetyLines(entry, safety).map(line),
    ...entry.attempts.flatMap((attempt, index) => attemptLines(attempt, index, costs[index] ?? null)),
    ...saidLines(said),
  ];
}

function overviewOf(entry: ExchangeEntry, timeZone: string): Line[] {
  const { client, key, error, cache, downgrade, losses } = entry;
  const by = [client === null ? '' : ` by ${client}`, key === null ? '' : ` with key ${key}`].join('');
  const status = entry.status === null ? '' : `${entry.status}, `;
  return [
    ['id', entry.request_id],
    ['asked', `"${entry.model_asked ?? ''}"${by}, over ${entry.surface}, on ${localTime(entry.at, timeZone)}`],
    ['ended', `${status}${entry.outcome} after ${duration(entry.duration_ms)}${error === null ? '' : `: ${error}`}`],
    ...(entry.target === null ? [] : [['target', entry.target] as const]),
    ...(entry.route_reason === null ? [] : [['why', entry.route_reason] as const]),
    ...(entry.rule === null ? [] : [['rule', entry.rule] as const]),
    ...(downgrade === null ? [] : [['moved', `to ${downgrade.alias} by budget ${downgrade.budget}`] as const]),
    ...(cache === null ? [] : [['cache', `saved ${money(cache.saved_usd)}`] as const]),
    ['cost', exact(entry.cost_usd)],
    ...losses.map(({ path, why }): Line => ['lost', `${path}: ${why}`]),
  ];
}

/** `3 × email, 1 × secrets`, then what else was found and what became of it. */
function safetyLines({ masked, masked_kinds }: ExchangeEntry, safety: readonly SafetyEntry[]): Line[] {
  const kinds = Object.entries(masked_kinds ?? {}).map(([kind, count]) => `${grouped(count)} × ${kind}`);
  return [
    ...(masked === 0 ? [] : [['masked', kinds.join(', ') || grouped(masked)] as const]),
    ...safety.map(({ source, rule, action, detail }): Line => {
      const label = source === 'firewall' || source === 'policy' ? source : 'found';
      return [label, `${rule}, ${actionWords[action]}${source === 'answer' ? ', in the answer' : ''}: ${detail}`];
    }),
  ];
}

const actionWords: Readonly<Record<SafetyEntry['action'], string>> = {
  block: 'refused',
  require_justification: 'refused until a reason is given',
  strip: 'taken out',
  warn: 'warned',
  log: 'noted',
};

function attemptLines(attempt: AttemptEntry, index: number, costs: CostLineEntry[] | null): string[] {
  const { target, kind, ms, usage, basis, cost_usd, counted_usd } = attempt;
  const how = kind === 'first' ? '' : ` (${kind})`;
  const tokens =
    usage === null
      ? []
      : [
          `${grouped(usage.input_tokens + usage.cache_read_tokens + usage.cache_write_tokens)} tokens in`,
          `${grouped(usage.output_tokens)} out${basis === null || basis === 'provider' ? '' : ` (${basis})`}`,
        ];
  const what = [outcomeOf(attempt), `after ${duration(ms)}`].join(' ');
  return [
    line([`try ${index + 1}`, [`${target}${how} ${what}`, ...tokens, exact(cost_usd)].join(', ')]),
    ...(costs ?? []).map((step) => line(['', sumOf(step)])),
    ...(cost_usd === null && counted_usd !== null
      ? [line(['', `no price is known; budgets counted ${exact(counted_usd)}, at the price of its dearest relative`])]
      : []),
  ];
}

/** `1,200 input × $0.000003 = $0.0036`. */
function sumOf({ what, count, rate_usd, amount_usd }: CostLineEntry): string {
  return `${grouped(count)} ${what.replaceAll('_', ' ')} × ${exact(rate_usd)} = ${exact(amount_usd)}`;
}

/** With every digit: these are sums to be followed. */
function exact(usd: string | null): string {
  return usd === null ? '—' : `$${usd}`;
}

function saidLines({ bodies, request_body, answer_body }: Omit<Whole, 'entry' | 'costs' | 'safety'>): string[] {
  if (bodies === 'not_recorded')
    return ['', 'What was said is not recorded. `logging.content: full` records it from then on.'];
  const missing =
    bodies === 'unreadable'
      ? 'it is there and cannot be opened: it was sealed with the key of another install.key, or is damaged'
      : 'not recorded';
  return [...bodyLines('request', request_body, missing), ...bodyLines('answer', answer_body, missing)];
}

function bodyLines(part: string, body: string | null, missing: string): string[] {
  if (body === null) return ['', `--- ${part}: ${missing}`];
  return ['', `--- ${part}, ${counted(Buffer.byteLength(body), 'byte')}`, printableLines(body).trimEnd()];
}
