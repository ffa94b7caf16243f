/**
 * What other rules would have done with requests that were recorded, by their metadata alone (BND-81): exact about who may ask
 * what, and silent about what was said, which nobody kept.
 */
import type { BundlePreview } from '../../shared/contract/bundles.ts';
import type { ExchangeEntry } from '../../shared/contract/traffic.ts';
import { picoToUsd, usdToPicoExact } from '../../shared/domain/money.ts';
import { pathOf, type NamedSurface } from '../../shared/domain/request-shape.ts';
import type { Snapshot } from '../gateway/ports.ts';
import type { Decide, TrialOutcome, TrialRequest } from './types.ts';

/** An exchange as `traffic.list` and `sluice log --json` tell it, as far as it matters here. */
export interface ImpactRow extends Pick<ExchangeEntry, 'request_id' | 'at' | 'model_asked'> {
  /** One of both is needed. */
  readonly surface?: string | null;
  readonly dialect?: string | null;
  readonly key?: string | null;
  readonly client?: string | null;
  readonly user?: string | null;
  readonly team?: string | null;
  readonly target?: string | null;
  readonly error?: string | null;
  readonly cost_usd?: string | null;
  readonly usage?: Partial<NonNullable<ExchangeEntry['usage']>> | null;
}

export interface ReplayInput<Row extends ImpactRow> {
  readonly rows: Iterable<Row>;
  readonly before: Snapshot;
  readonly after: Snapshot;
  readonly decide: Decide;
}

/** A request whose outcome would be another. */
export interface Changed<Row extends ImpactRow> {
  readonly row: Row;
  /** `refused`: it was let through, and would not be. `allowed`: the other way round. */
  readonly kind: 'refused' | 'allowed';
  /** Of the refusal. */
  readonly outcome: TrialOutcome;
}

export interface Replayed<Row extends ImpactRow> {
  /** Requests of which metadata tell enough. */
  readonly examined: number;
  readonly changed: readonly Changed<Row>[];
}

/** Surfaces as records name them, by the names of their paths. Uploads and the like are left out. */
const surfaces: Readonly<Record<string, NamedSurface>> = {
  ...{ chat: 'chat', responses: 'responses', messages: 'messages', completions: 'completions' },
  ...{ gemini_generate: 'gemini', gemini_stream: 'gemini', embeddings: 'embeddings' },
};
const surfaceOf: Readonly<Record<string, NamedSurface>> = {
  ...{ 'openai-chat': 'chat', 'openai-responses': 'responses', 'anthropic-messages': 'messages', gemini: 'gemini' },
};
/** What no content and no money decides. */
const accessCodes: ReadonlySet<string> = new Set([
  'admit.model_denied',
  'admit.context_denied',
  'admit.surface_denied',
]);
const atOnce = 25;
const mostExamples = 5;

/** In the order of the rows. Pure. */
export async function replay<Row extends ImpactRow>(input: ReplayInput<Row>): Promise<Replayed<Row>> {
  const [before, after] = [accessOnly(input.before), accessOnly(input.after)];
  const known = new Map<string, Verdict>();
  const changed: Changed<Row>[] = [];
  let examined = 0;
  for (const row of input.rows) {
    const asked = requestOf(row, [before, after]);
    if (asked === undefined) continue;
    if (examined % atOnce === atOnce - 1) await new Promise(setImmediate);
    examined++;
    const name = JSON.stringify({ ...asked, at: 0, spent: 0 });
    let verdict = known.get(name);
    if (verdict === undefined) known.set(name, (verdict = await verdictOf(asked, before, after, input.decide)));
    if (verdict !== undefined) changed.push({ row, ...verdict });
  }
  return { examined, changed };
}

type Verdict = Omit<Changed<ImpactRow>, 'row'> | undefined;

async function verdictOf(asked: TrialRequest, before: Snapshot, after: Snapshot, decide: Decide): Promise<Verdict> {
  const [was, is] = [await decide(before, asked), await decide(after, asked)];
  if (isRefusedAccess(was) === isRefusedAccess(is)) return undefined;
  // Of what fails in another way nothing is known for certain.
  if (isRefusedAccess(is)) return was.decision === 'allow' ? { kind: 'refused', outcome: is } : undefined;
  return is.decision === 'allow' ? { kind: 'allowed', outcome: was } : undefined;
}

function isRefusedAccess({ decision, code }: TrialOutcome): boolean {
  return decision === 'deny' && code !== undefined && accessCodes.has(code);
}

/** Rules of content and of money out of the way: they would decide on what is not known. */
function accessOnly(snapshot: Snapshot): Snapshot {
  return { ...snapshot, masking: undefined, firewall: [], budgets: [], allBudgets: [], rateLimits: [] };
}

/** The request as far as it is known; `undefined` where that is not enough. */
function requestOf(row: ImpactRow, snapshots: readonly Snapshot[]): TrialRequest | undefined {
  const surface = surfaces[row.surface ?? ''] ?? surfaceOf[row.dialect ?? ''];
  const model = row.model_asked;
  const at = Date.parse(row.at);
  if (surface === undefined || model === null || model === '' || Number.isNaN(at)) return undefined;
  // What failed before anybody was asked fails whatever the rules are.
  const { error = null, target = null } = row;
  if (error !== null && !error.startsWith('admit.') && target === null) return undefined;
  const body = { model, ...contentOf(surface) };
  const path = pathOf(surface, body);
  if (path === undefined) return undefined;
  const metadata: Record<string, string> = {};
  if (typeof row.user === 'string') metadata['user'] = row.user;
  if (typeof row.team === 'string') metadata['team'] = row.team;
  return {
    ...{ path, body, at, metadata, headers: { 'content-type': 'application/json' }, spent: new Map() },
    client: row.client ?? undefined,
    key: row.key ?? undefined,
    inputTokens: tokensOf(row, snapshots),
  };
}

function contentOf(surface: NamedSurface): Record<string, unknown> {
  switch (surface) {
    case 'responses':
    case 'embeddings':
      return { input: 'x' };
    case 'gemini':
      return { contents: [{ role: 'user', parts: [{ text: 'x' }] }] };
    case 'completions':
      return { prompt: 'x' };
    default:
      return { messages: [{ role: 'user', content: 'x' }], max_tokens: 1 };
  }
}

/** No model is so small that this would matter. */
const smallRequest = 2_048;

/** Small requests are all the same, unless somebody limits them. */
function tokensOf({ usage }: ImpactRow, snapshots: readonly Snapshot[]): number | undefined {
  if (usage === null || usage === undefined) return undefined;
  const tokens = (usage.input_tokens ?? 0) + (usage.cache_read_tokens ?? 0) + (usage.cache_write_tokens ?? 0);
  const limits = snapshots.flatMap(({ policy }) => policy?.maxContext?.tokens ?? []);
  return tokens === 0 || tokens <= Math.min(smallRequest, ...limits) ? undefined : tokens;
}

// ---------------------------------------------------------------- in sum

/** What would have been refused, and what it cost, as a preview tells it. */
export async function impactOf<Row extends ImpactRow>(
  input: ReplayInput<Row>,
): Promise<NonNullable<BundlePreview['impact']>> {
  const { examined, changed } = await replay(input);
  const refused = changed.filter(({ kind }) => kind === 'refused');
  return {
    ...{ examined, refused: refused.length, cost_usd: costOf(refused.map(({ row }) => row)) },
    examples: examplesOf(refused),
  };
}

/** `null` where nothing is known of what they cost. */
export function costOf(rows: readonly ImpactRow[]): string | null {
  const costs = rows.flatMap(({ cost_usd }) => (typeof cost_usd === 'string' ? (usdToPicoExact(cost_usd) ?? []) : []));
  if (costs.length === 0 && rows.length > 0) return null;
  return picoToUsd(costs.reduce((sum, cost) => sum + cost, 0n));
}

/** `31 × openai/gpt-x-preview: acme-core@12:/models/deny`, the most frequent first. */
function examplesOf(refused: readonly Changed<ImpactRow>[]): string[] {
  const counts = new Map<string, number>();
  for (const { row, outcome } of refused) {
    const name = `${row.model_asked ?? ''}: ${outcome.rule ?? outcome.code ?? ''}`;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return [...counts]
    .sort(([, a], [, b]) => b - a)
    .slice(0, mostExamples)
    .map(([name, count]) => `${count} × ${name}`);
}
