/** Budgets in words: whose, how much, until when, and what mends it. */
import { picoToUsd } from '../../../shared/domain/money.ts';
import { policyBlocked } from '../../../shared/domain/policy-words.ts';
import { GatewayError } from '../../../shared/errors/gateway-error.ts';
import { isGlob } from '../../kit/glob.ts';
import { printable } from '../../kit/printable.ts';
import type { Budget } from '../ports.ts';
import { isShared, nobody, others } from './budget-claims.ts';
import type { BudgetClaim, Shortage } from './budget-types.ts';

const cent = 10_000_000_000n;
const dollar = 1_000_000_000_000n;

/**
 * `$5.00`, `$1,204.50`, `$0.0123`, `$0.000123`: rounded to what people read, and never to nothing. Down, unless told otherwise:
 * what is left of money must not look like more than it is, and what is asked for like less.
 */
export function moneyText(pico: bigint, towards: 'down' | 'up' = 'down'): string {
  const step = pico >= dollar ? cent : stepOf(pico);
  const [whole, fraction] = decimalText(((pico + (towards === 'up' ? step - 1n : 0n)) / step) * step);
  return `$${whole.replace(/\B(?=(?:\d{3})+$)/g, ',')}.${fraction}`;
}

/** Digits before and after the point, of which there are two at least. */
function decimalText(pico: bigint): readonly [string, string] {
  const [whole = '0', fraction = ''] = picoToUsd(pico).split('.');
  return [whole, fraction.padEnd(2, '0')];
}

/** Three digits that say something. */
function stepOf(pico: bigint): bigint {
  return 10n ** BigInt(Math.max(0, String(pico).length - 3));
}

/** `3 h 12 min`, `4 d 6 h`, `40 s`: rounded up, so that nobody comes too early. */
export function waitText(ms: number): string {
  const seconds = Math.max(1, Math.ceil(ms / 1_000));
  if (seconds < 60) return `${String(seconds)} s`;
  const minutes = Math.ceil(ms / 60_000);
  if (minutes < 60) return `${String(minutes)} min`;
  if (minutes < 2 * 24 * 60) return two(Math.floor(minutes / 60), 'h', minutes % 60, 'min');
  const hours = Math.ceil(minutes / 60);
  return two(Math.floor(hours / 24), 'd', hours % 24, 'h');
}

function two(large: number, unit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${String(large)} ${unit}` : `${String(large)} ${unit} ${String(small)} ${smallUnit}`;
}

/** `team "core"`, `all keys that fit "ci-*" together`, `everyone together`, `user "dana"`. */
export function whoseText({ budget, subject }: BudgetClaim): string {
  const { scope, match } = budget;
  if (budget.period === 'session' || scope === 'session') return `session "${shown(subject)}"`;
  if (scope === 'tag') return match === undefined ? 'everyone together' : `tag "${shown(match)}"`;
  if (scope === 'global') return 'everyone together';
  if (!isShared(budget)) return ownText(scope, subject);
  return match !== undefined && isGlob(match)
    ? `all ${scope}s that fit "${shown(match)}" together`
    : `${scope} "${shown(match ?? '')}"`;
}

function ownText(scope: Budget['scope'], subject: string): string {
  if (subject === nobody) return `everyone without a ${scope} together`;
  if (subject === others) return `all other ${scope}s together`;
  return `${scope} "${shown(subject)}"`;
}

const forPeriod = {
  session: 'for this session',
  hour: 'for the hour',
  day: 'for the day',
  week: 'for the week',
  month: 'for the month',
} as const;

const forNow = {
  session: 'for this session',
  hour: 'for this hour',
  day: 'for today',
  week: 'for this week',
  month: 'for this month',
} as const;

/**
 * Who is short, of how much, when there is more, and what mends it:
 * `team "core" has used $5.00 of $5.00 for the day; 3 h 12 min to reset. "sluice budgets raise core-day 2.00" gives more for
 * today.`
 */
export function shortageMessage(shortage: Shortage): string {
  const { claim, kind, reason } = shortage;
  const { budget } = claim;
  if (kind === 'unknown') {
    return `Budget "${budget.id}" (${budget.origin}) of ${whoseText(claim)} refuses: ${reason ?? 'its balance is not known'}. ${unknownMend}`;
  }
  const mend =
    budget.policy === undefined
      ? `\`${raiseCommand(shortage)}\` gives more ${forNow[budget.period]}.`
      : policyBlocked(budget.policy, 'nobody here gives more');
  return `Budget "${budget.id}" (${budget.origin}): ${whoseText(claim)} ${usedText(shortage)}${resetText(shortage)}. ${mend}`;
}

/** An answer that grew beyond what `budget` has left; `undefined`: it is not known which one it was. */
export function overrunMessage(budget: Budget | undefined): string {
  if (budget === undefined)
    return 'The answer is longer than what the budget has left, and was ended. `sluice budgets` shows what is left, `sluice budgets raise ID AMOUNT` gives more.';
  const mend =
    budget.policy === undefined
      ? `\`sluice budgets raise ${quoted(budget.id)} AMOUNT\` gives more ${forNow[budget.period]}.`
      : policyBlocked(budget.policy, 'nobody here gives more');
  return `The answer is longer than what the budget has left, and was ended: "${budget.id}" (${budget.origin}). \`sluice budgets\` shows what is left. ${mend}`;
}

const unknownMend = '`sluice status` says what is wrong; `sluice budgets accept` goes on with what is known.';

function usedText(shortage: Shortage): string {
  const { claim, remaining, limit, asked, reserved = 0n } = shortage;
  const period = forPeriod[claim.budget.period];
  const held = reserved > 0n ? `, ${moneyText(reserved)} of it kept back for requests that are running` : '';
  const used = `has used ${moneyText(limit - remaining)} of ${moneyText(limit)} ${period}${held}`;
  if (asked === undefined) return used;
  if (neverFits(shortage))
    return `${used}; this request may cost ${moneyText(asked, 'up')}, which is more than all of it`;
  return remaining <= 0n
    ? used
    : `${used}; ${moneyText(remaining)} is left, and this request may cost ${moneyText(asked, 'up')}`;
}

function resetText(shortage: Shortage): string {
  const waitMs = waitOf(shortage);
  return waitMs === undefined ? '' : `; ${waitText(waitMs)} to reset`;
}

/** Waiting does not help a request that costs more than a whole window has. */
function neverFits({ claim, asked }: Shortage): boolean {
  return asked !== undefined && asked > claim.budget.limit;
}

function waitOf(shortage: Shortage): number | undefined {
  const { resetsAt, at, kind } = shortage;
  if (kind === 'unknown' || resetsAt === undefined || at === undefined || neverFits(shortage)) return undefined;
  return Math.max(0, resetsAt - at);
}

/** Seconds after which there is money again; `undefined` where time does not help. */
export function retryAfterOf(shortage: Shortage): number | undefined {
  const waitMs = waitOf(shortage);
  return waitMs === undefined ? undefined : Math.max(1, Math.ceil(waitMs / 1_000));
}

function raiseCommand(shortage: Shortage): string {
  const { budget, subject } = shortage.claim;
  const whose = isShared(budget) ? '' : ` --subject ${quoted(subject)}`;
  return `sluice budgets raise ${quoted(budget.id)} ${suggestedRaise(shortage)}${whose}`;
}

/** A round sum that is enough for this request and worth the trouble: a fifth of the limit at least. */
function suggestedRaise({ claim, remaining, asked = 0n }: Shortage): string {
  const missing = asked - remaining;
  const least = claim.budget.limit / 5n;
  const needed = missing > least ? missing : least;
  let round = cent;
  for (let step = 0; round < needed; step++) round = (round * (step % 3 === 1 ? 5n : 4n)) / 2n;
  return decimalText(round).join('.');
}

/** The refusal as the client is told. Its details name the budget, and the alias that a budget sends requests to. */
export function shortageError(shortage: Shortage): GatewayError {
  const { id, action } = shortage.claim.budget;
  const alias = action.kind === 'downgrade' ? { alias: action.alias } : {};
  return new GatewayError(
    shortage.kind === 'short' ? 'admit.budget_exhausted' : 'admit.budget_unavailable',
    shortageMessage(shortage),
    { retryAfterS: retryAfterOf(shortage), details: { rule: id, ...alias } },
  );
}

/** Names come from clients: they must not end a quotation or move a cursor. */
function shown(name: string): string {
  return printable(name).replaceAll('"', "'");
}

function quoted(word: string): string {
  return /^[\w@.,:/+-]+$/.test(word) ? word : `'${printable(word).replaceAll("'", "'\\''")}'`;
}
