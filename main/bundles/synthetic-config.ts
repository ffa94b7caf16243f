/** A config that decision tests run on, the same on every machine: providers with stand-ins for credentials, and nothing of the user's. */
import { createHash } from 'node:crypto';
import { bundlePayload, bundleSchemaId } from '../../shared/bundle/payload.ts';
import { configSchema, type Config } from '../../shared/config/config.ts';
import { kindFacts, providerKinds, type ProviderKind } from '../../shared/config/provider.ts';
import { loadCatalogue } from '../config/catalogue.ts';
import { allReferences, configSteps } from '../config/compile.ts';
import { Findings, renderProblem } from '../config/problems.ts';
import type { RuleSet } from '../config/profiles.ts';
import { appliedTo, teamSteps, withTeam, type TeamApplied } from '../config/team-layer.ts';
import type { Snapshot } from '../gateway/ports.ts';
import { matchesGlob } from '../kit/glob.ts';
import { Secret } from '../kit/secret.ts';
import { inTurns } from '../kit/steps.ts';
import { createTeamLayer } from './merge/merge.ts';
import type { LayeredBundle, ReadBundle } from './types.ts';

export interface SyntheticInput {
  /** Those that apply, in the order of their layers. */
  readonly bundles: readonly ReadBundle[];
  /** What the user set, in the shape of `defaults`. */
  readonly user: Readonly<Record<string, unknown>> | undefined;
  /** Kinds of providers that are there with a credential, each by its own name unless a bundle defines that. */
  readonly kinds: readonly ProviderKind[];
  /** Milliseconds since 1970: which prices hold. */
  readonly now: number;
}

export type Synthetic =
  | { readonly kind: 'ready'; readonly snapshot: Snapshot }
  /** For people. */
  | { readonly kind: 'refused'; readonly text: string };

/** Always there: what a test asks for that names no model. */
const usualKinds: readonly ProviderKind[] = ['openai', 'anthropic'];
const standIn = new Secret('a stand-in of a decision test');
const epochStart = '2020-01-01T00:00:00Z';

/** Compiles it as the config store would. Never throws for what a bundle may say. */
export async function syntheticSnapshot(input: SyntheticInput): Promise<Synthetic> {
  const base = baseSet(input);
  const user = input.user === undefined ? base : userSet(base, input.user);
  if (typeof user === 'string') return { kind: 'refused', text: user };
  const layer = createTeamLayer(input.bundles.map(layered));
  const set = await inTurns(teamSteps({ ...user, profile: undefined }, layer, (path) => isWritten(path, user)));
  const { config, findings } = set;
  const compiling = configSteps({
    ...{ config, findings, files: new Map(), catalogue: await loadCatalogue() },
    resolutions: new Map(allReferences(config).map((text) => [text, { kind: 'found', value: standIn }])),
    ...{ now: input.now, currentTime: () => input.now, timezone: 'UTC', team: appliedTo(set) },
  });
  const snapshot = await inTurns(compiling);
  return snapshot === undefined
    ? { kind: 'refused', text: findings.problems.map(renderProblem).join(' ') }
    : { kind: 'ready', snapshot };
}

/** Kinds of providers that bundles and whatever is asked under them speak of. */
export function kindsFor(bundles: readonly ReadBundle[], ...asked: readonly unknown[]): readonly ProviderKind[] {
  const spoken = bundles.flatMap(({ payload: { enforced, defaults } }) =>
    [enforced, defaults].map((part) => [part?.providers, part?.models, part?.routes]),
  );
  return kindsNamed(spoken, asked);
}

/** By name, by a pattern of names, or by a model that is one of theirs. */
function kindsNamed(...told: readonly unknown[]): readonly ProviderKind[] {
  const kinds = new Set(usualKinds);
  for (const text of new Set(told.flatMap((one) => [...stringsIn(one)]))) {
    const [name = ''] = text.split('/');
    for (const kind of providerKinds) {
      const isPattern = name.includes('*') && name.replaceAll('*', '') !== '' && matchesGlob(name, kind);
      if (isPattern || name === kind || kindFacts[kind].modelPrefixes.some((prefix) => text.startsWith(prefix)))
        kinds.add(kind);
    }
  }
  return [...kinds].sort();
}

function* stringsIn(value: unknown): Generator<string> {
  if (typeof value === 'string') yield value;
  else if (Array.isArray(value)) for (const one of value) yield* stringsIn(one);
  else if (typeof value === 'object' && value !== null)
    for (const [name, inner] of Object.entries(value)) {
      yield name;
      yield* stringsIn(inner);
    }
}

// ---------------------------------------------------------------- the user's part

/** A set of rules, and what of it somebody wrote. */
interface WrittenSet extends RuleSet {
  readonly own: TeamApplied | undefined;
}

function baseSet({ bundles, kinds }: SyntheticInput): WrittenSet {
  const defined = new Set(
    bundles.flatMap(({ payload: { enforced, defaults } }) =>
      [enforced, defaults].flatMap((part) => Object.keys(part?.providers?.define ?? {})),
    ),
  );
  const providers = kinds.filter((kind) => kind !== 'demo' && !defined.has(kind)).map(standInOf);
  const config: Config = configSchema.parse({ version: 1, providers });
  return { ...{ profile: undefined, config }, findings: new Findings('sluice.yaml', firstLine), own: undefined };
}

const firstLine = (): { line: number; column: number } => ({ line: 1, column: 1 });

function standInOf(kind: ProviderKind): Record<string, unknown> {
  const { keyless, baseUrl } = kindFacts[kind];
  const keys = keyless ? {} : { keys: [kind === 'vertex' ? { adc: true } : { value: 'env:STAND_IN' }] };
  return {
    ...{ id: kind, kind, ...keys },
    ...(baseUrl === undefined ? { base_url: 'https://stand-in.invalid' } : {}),
    ...(kind === 'bedrock' ? { region: 'us-east-1' } : {}),
    ...(kind === 'vertex' ? { project: 'stand-in', location: 'us-central1' } : {}),
  };
}

/** What a user wrote comes into the config the way a suggestion does. A text says why it does not. */
function userSet(base: WrittenSet, user: Readonly<Record<string, unknown>>): WrittenSet | string {
  const read = bundlePayload.safeParse({
    ...{ schema: bundleSchemaId, id: 'user', version: 1, epoch: 1, issued_at: epochStart },
    defaults: user,
  });
  if (!read.success) {
    const [issue] = read.error.issues;
    const path = issue?.path.slice(1).join('.') ?? '';
    return `user${path === '' ? '' : `.${path}`}: ${issue?.message ?? 'cannot be read'}`;
  }
  const text = JSON.stringify(user);
  const sha256 = createHash('sha256').update(text).digest('hex');
  const bundle: ReadBundle = {
    ...{ payload: read.data, text, sha256, notes: new Map(), ignored: [] },
    lineOf: () => 1,
  };
  const set = withTeam({ ...base, profile: undefined }, createTeamLayer([layered(bundle)]), () => false);
  // Places are those of the file that this stands for.
  return { ...set, findings: base.findings.elsewhere((path) => path), own: appliedTo(set) };
}

function isWritten(path: readonly (string | number)[], { own }: WrittenSet): boolean {
  return own?.place(path) !== undefined;
}

function layered(bundle: ReadBundle): LayeredBundle {
  return {
    ...{ bundle, layer: bundle.payload.layer, defaultsOnly: false, expired: undefined },
    held: new Map(),
  };
}
