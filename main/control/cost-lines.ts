/** The arithmetic of what the tries of an exchange cost, as far as it can be followed. */
import { picoToUsd } from '../../shared/domain/money.ts';
import { costLines } from '../../shared/domain/price.ts';
import type { AttemptEntry, CostLineEntry, ExchangeEntry } from '../../shared/contract/traffic.ts';
import { frozenPrice } from '../gateway/gateway.ts';

/** One for each try, by the prices of the snapshot it ran on; `null` where they do not lead to what was recorded. */
export function arithmeticOf(entry: ExchangeEntry, frozenSnapshot: unknown): (CostLineEntry[] | null)[] {
  const at = Date.parse(entry.at);
  return entry.attempts.map((attempt) => linesOf(attempt, frozenSnapshot, at));
}

function linesOf(attempt: AttemptEntry, frozen: unknown, at: number): CostLineEntry[] | null {
  const { target, usage, cost_usd, started_ms } = attempt;
  const price = usage === null ? undefined : frozenPrice(frozen, target);
  if (usage === null || price === undefined || cost_usd === null) return null;
  const counted = {
    inputTokens: usage.input_tokens,
    outputTokens: usage.output_tokens,
    cacheReadTokens: usage.cache_read_tokens,
    cacheWriteTokens: usage.cache_write_tokens,
    reasoningTokens: usage.reasoning_tokens ?? undefined,
  };
  const lines = costLines(counted, price, at + (started_ms ?? 0));
  // What is not kept of a usage (tiers, sound, searches) may have had a price of its own: then this is not how it came about.
  if (picoToUsd(lines.reduce((sum, { amount }) => sum + amount, 0)) !== cost_usd) return null;
  return lines.map(({ what, count, rate, amount }) => ({
    what,
    count,
    rate_usd: picoToUsd(rate),
    amount_usd: picoToUsd(amount),
  }));
}
