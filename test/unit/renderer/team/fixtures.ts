// Cards, entries and changes of bundles as the instance tells them, for what the window makes of them.

import type { BundleCard, BundleChange, BundleConsent, ProvenanceEntry } from '../../../../shared/contract/bundles.ts';

export const entry = (pointer: string, change: Partial<ProvenanceEntry> = {}): ProvenanceEntry => ({
  ...{ pointer, value: true, mode: 'enforced', bundle: 'acme-core@12', origin: 'team bundle acme-core@12, line 4' },
  ...{ line: 4, reason: null, ref: null, contact: null, others: [] },
  ...change,
});

export const change = (pointer: string, rest: Partial<BundleChange> = {}): BundleChange => ({
  ...{ pointer, kind: 'added', effect: 'tightens', text: 'It is stricter', after: true },
  ...rest,
});

export const consent = (state: BundleConsent['state']): BundleConsent => ({
  ...{ pointer: '/status/url', kind: 'report', text: 'It would be told', after: 'https://x', value_hash: 'h', state },
});

export const card = (rest: Partial<BundleCard> = {}): BundleCard => ({
  ...{ id: 'acme-core', key: 'acme-core', url: 'https://policy.acme.example/acme-core.sluice', name: 'ACME' },
  ...{ description: null, contact: null, org: 'acme', layer: 'org', mode: 'enforce', managed: false, trust: 'pinned' },
  ...{ fingerprint: 'F'.repeat(43), fingerprint_words: [], signers: [], state: 'active', state_reason: null },
  conflicts: [],
  ...{ version: 12, epoch: 2, sha256: null, issued_at: null, expires_at: '2027-02-17T00:00:00Z', active_since: null },
  ...{ last_checked_at: null, last_verified_at: null, next_check_at: null, error: null, enforces: {}, suggests: {} },
  ...{ consents: [], slots: [], changelog: null, report: null },
  ...rest,
});
