/** What may go into a report: versions, counts and closed words. No name, no path, no text of anybody's (UX-52). */
import type { AppSnapshot } from '../../../shared/contract/snapshot.ts';

export interface DiagnosticsInput {
  readonly snapshot: AppSnapshot;
  /** As the browser names itself. */
  readonly userAgent: string;
  readonly language: string;
  readonly connection: string;
  /** Errors of the exchanges that are in sight. */
  readonly errors: readonly (string | null)[];
}

/** Built of what is known to hold no secret; nothing is taken out afterwards. */
export function diagnosticsOf({ snapshot, userAgent, language, connection, errors }: DiagnosticsInput): string {
  const { status, host, policies, providers, routes, keys, budgets, today } = snapshot;
  const { config, ledger, health, gateway } = status;
  const lines: readonly (readonly [string, string | number | boolean])[] = [
    ['sluice', status.version],
    ['host', host.kind],
    ['window', `${connection}, ${language}`],
    ['browser', userAgent],
    ['uptime_s', Math.round(status.uptime_ms / 1_000)],
    ['listening', gateway.urls.length],
    ['running', gateway.running],
    ['paused', status.paused !== null],
    ['offline', status.offline],
    ['providers', counted(providers.map(({ kind }) => kind))],
    ['routes', routes.length],
    ['keys', counted(keys.map(({ state }) => state))],
    ['budgets', counted(budgets.map(({ state }) => state))],
    ['health', counted(health.map(({ state }) => state))],
    ['masking', policies.masking],
    ['firewall_rules', policies.firewall],
    ['recording', policies.recording],
    ['retention_days', policies.retention_days],
    ['config', `problems ${config.problems.length}, warnings ${config.warnings.length}`],
    ['snapshot', config.snapshot === null ? 'none' : codeOf(config.snapshot.slice(0, 15))],
    ['ledger', `${ledger.state}, waiting ${ledger.waiting}, dropped ${ledger.dropped_opens}/${ledger.dropped_closes}`],
    ['journal', ledger.journal.state],
    ['today', `requests ${today.requests}, errors ${today.errors}`],
    ['errors', counted(errors.flatMap((error) => (error === null ? [] : [codeOf(error)])))],
  ];
  return lines.map(([name, value]) => `${name}: ${value}`).join('\n');
}

/** Codes are closed words; what is none is not repeated. */
function codeOf(text: string): string {
  return /^[a-z0-9_]+(?:[.:][a-z0-9_]+)?$/.test(text) ? text : 'other';
}

/** `openai 2, demo 1`. */
function counted(words: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  const parts = [...counts]
    .sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0]))
    .map(([word, count]) => `${word} ${count}`);
  return parts.length === 0 ? 'none' : parts.join(', ');
}
