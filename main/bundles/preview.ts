/** What would come of following a bundle, told before anything of it is done (BND-43). */
import type { BundlePreview } from '../../shared/contract/bundles.ts';
import type { Filled } from './follower.ts';
import { contactOf, slotsOf } from './cards.ts';
import type { Tried } from './candidate.ts';
import { describeChanges } from './changes.ts';
import { fingerprintWords } from './fingerprint.ts';
import { layerOf } from './followed.ts';
import type { Gated } from './gate.ts';
import type { Source } from './sources.ts';
import type { TrustedBundle } from './types.ts';

export interface PreviewFacts {
  readonly source: Source;
  readonly bundle: TrustedBundle;
  /** What is in force of it already. */
  readonly before: TrustedBundle | undefined;
  readonly tried: Tried;
  readonly gated: Gated;
  readonly filled: Filled;
  readonly impact: BundlePreview['impact'];
}

export function previewOf(facts: PreviewFacts): BundlePreview {
  const { source, bundle, before, tried, gated, filled, impact } = facts;
  const { payload, fingerprint = null } = bundle;
  const revision = `${payload.id}@${payload.version}`;
  const provenance = tried.applied?.provenance ?? [];
  return {
    ...{ url: source.written, id: payload.id, name: payload.name ?? payload.id },
    org: bundle.trustDocument?.org ?? null,
    description: payload.description ?? null,
    contact: contactOf(payload),
    ...{ layer: layerOf(source, bundle), mode: payload.mode, version: payload.version, epoch: payload.epoch },
    ...{ sha256: bundle.sha256, fingerprint },
    fingerprint_words: fingerprint === null ? [] : [...fingerprintWords(fingerprint)],
    ...{ pinned: source.pin !== undefined, signed: bundle.trust !== 'unsigned', signers: [...bundle.signers] },
    ...{ issued_at: payload.issued_at, expires_at: payload.expires_at ?? null },
    entries: provenance.filter((entry) => entry.bundle === revision),
    changes: describeChanges(before?.payload, payload),
    consents: [...gated.consents],
    slots: slotsOf(payload, filled),
    overridden: [...(tried.applied?.locked.values() ?? [])].filter((entry) => entry.bundle === revision),
    impact,
    tests: { cases: tried.cases },
    report_url: payload.status?.url ?? null,
  };
}
