/** Rows of what a process that is no more had been in the middle of, from what its journal tells. */
import type { NoteOf, KeptExchange, KeptTry } from './journal-lines.ts';
import { rowOfNames, splitTarget, usageText, type NamedColumns, type Row } from './row.ts';

type Ended = NoteOf<'ended'>;

/** As interrupted, with what its tries were counted at. */
export function interruptedRow({ opened, tries }: KeptExchange): Row {
  const last = tries.at(-1);
  const counted = tries.findLast(({ ended }) => ended?.usage !== undefined)?.ended;
  return rowOfNames({
    ...opened,
    outcome: 'interrupted',
    is_error: 1,
    attempts: attemptsText(tries, Number(opened?.['at'] ?? 0)),
    ...(last === undefined ? {} : targetOf(last)),
    ...(counted === undefined ? {} : usageOf(counted)),
    ...costOf(tries),
  });
}

function targetOf({ dispatched }: KeptTry): NamedColumns {
  const [provider, model] = splitTarget(dispatched.target);
  return { ...(provider === undefined ? {} : { provider }), ...(model === undefined ? {} : { model }) };
}

function usageOf({ usage, usageSource }: Ended): NamedColumns {
  if (usage === undefined) return {};
  return {
    usage_source: usageSource,
    input_tokens: usage.inputTokens,
    output_tokens: usage.outputTokens,
    cache_read_tokens: usage.cacheReadTokens,
    cache_write_tokens: usage.cacheWriteTokens,
    ...(usage.reasoningTokens === undefined ? {} : { reasoning_tokens: usage.reasoningTokens }),
  };
}

/** Unknown as soon as one of them is, and where no try is known: it may be that none could be written down. */
function costOf(tries: readonly KeptTry[]): NamedColumns {
  if (tries.length === 0) return {};
  let cost = 0;
  for (const { ended } of tries) {
    if (ended?.amount === undefined && ended?.state !== 'released') return {};
    cost += ended.amount ?? 0;
  }
  return { cost: Math.min(cost, Number.MAX_SAFE_INTEGER) };
}

/** In the words in which attempts are kept. */
function attemptsText(tries: readonly KeptTry[], at: number): string {
  let before: string | undefined;
  return JSON.stringify(
    tries.map(({ dispatched, ended, atBound }) => {
      const kind = before === undefined ? 'first' : before === dispatched.target ? 'retry' : 'fallback';
      before = dispatched.target;
      return {
        target: dispatched.target,
        error: atBound === true ? 'interrupted' : undefined,
        ms: 0,
        kind,
        started_ms: Math.max(0, dispatched.at - at),
        usage: ended?.usage === undefined ? undefined : usageText(ended.usage),
        usage_source: ended === undefined || ended.usageSource === 'none' ? undefined : ended.usageSource,
        cost: ended?.amount,
        state: ended?.state ?? 'estimated',
        bound: dispatched.bound,
        counted: ended?.amount,
        basis: atBound === true ? 'bound' : basisOf(ended),
      };
    }),
  );
}

function basisOf(ended: Ended | undefined): string | undefined {
  if (ended?.usageSource === 'provider') return 'provider';
  return ended?.usageSource === 'estimated' ? 'observed' : undefined;
}
