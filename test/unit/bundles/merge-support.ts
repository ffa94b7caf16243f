/** What the tests of the merge share: bundles made of what they say, the user's config, and both together, checked and compiled. */
import { createHash } from 'node:crypto';
import { bundlePayload, type BundlePayload } from '../../../shared/bundle/payload.ts';
import type { LayeredBundle, LeafNote, ReadBundle } from '../../../main/bundles/types.ts';
import { createTeamLayer } from '../../../main/bundles/merge/merge.ts';
import { loadCatalogue } from '../../../main/config/catalogue.ts';
import { checkConfig } from '../../../main/config/checks.ts';
import { allReferences, compileConfig } from '../../../main/config/compile.ts';
import { resolveReferences } from '../../../main/config/secrets.ts';
import { withTeam, type TeamApplied, type TeamSet } from '../../../main/config/team-layer.ts';
import type { Snapshot } from '../../../main/gateway/ports.ts';
import { good, hostWith, now, render, surroundings } from '../config/support.ts';

export interface Saying extends Partial<Omit<LayeredBundle, 'bundle'>> {
  readonly id?: string;
  readonly version?: number;
  readonly mode?: 'enforce' | 'audit';
  readonly enforced?: unknown;
  readonly defaults?: unknown;
  readonly more?: Record<string, unknown>;
  readonly notes?: ReadonlyMap<string, LeafNote>;
}

/** A bundle whose lines are counted by the characters of a pointer, so that places can be told apart. */
export function bundleOf(saying: Saying): LayeredBundle {
  const {
    id = 'acme-core',
    version = 12,
    mode = 'enforce',
    enforced,
    defaults,
    more,
    notes = new Map(),
    ...rest
  } = saying;
  const payload: BundlePayload = bundlePayload.parse({
    ...{ schema: 'sluice.bundle/1', id, version, epoch: 1, mode, issued_at: '2026-11-20T09:00:00Z' },
    ...(enforced === undefined ? {} : { enforced }),
    ...(defaults === undefined ? {} : { defaults }),
    contact: { text: '#llm-platform' },
    ...more,
  });
  const text = JSON.stringify(payload);
  const sha256 = createHash('sha256').update(text).digest('hex');
  const bundle: ReadBundle = { payload, text, sha256, notes, lineOf: (pointer) => pointer.length, ignored: [] };
  return { bundle, layer: 'org', defaultsOnly: false, expired: undefined, held: new Map(), ...rest };
}

/** The config in a text, with bundles applied, as the store does it. */
export function apply(text: string, ...sayings: readonly Saying[]): TeamApplied {
  return setOf(text, sayings.map(bundleOf)).applied;
}

export function setOf(text: string, bundles: readonly LayeredBundle[]): TeamSet {
  const parsed = good(text);
  const set = withTeam(parsed.sets[0], createTeamLayer(bundles), (path) => parsed.document.hasIn(path));
  if (!('applied' in set)) throw new Error('there is a layer');
  return set;
}

const catalogue = await loadCatalogue();

/** What is wrong with a config once bundles are applied, and what it compiles to. */
export async function run(
  set: TeamSet,
  environment: Readonly<Record<string, string>> = {},
): Promise<{ readonly problems: string[]; readonly warnings: string[]; readonly snapshot: Snapshot | undefined }> {
  const { config, findings, applied } = set;
  checkConfig(config, findings, { now });
  const resolutions = await resolveReferences(allReferences(config), hostWith(environment));
  const snapshot =
    findings.problems.length > 0
      ? undefined
      : compileConfig({ ...surroundings, config, findings, resolutions, catalogue, team: applied });
  return { problems: render(findings.problems), warnings: render(findings.warnings), snapshot };
}

/** The entry of a pointer; fails where there is none, or more than one. */
export function entryAt(applied: TeamApplied, pointer: string): TeamApplied['provenance'][number] {
  const [entry, ...more] = applied.provenance.filter((one) => one.pointer === pointer);
  if (entry === undefined || more.length > 0)
    throw new Error(`${pointer} has ${more.length + (entry ? 1 : 0)} entries`);
  return entry;
}
