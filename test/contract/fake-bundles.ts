// Stands for what follows team bundles where the tests of the contract ask about it: one bundle, of which everything is told.
import type { BundlesNeed } from '../../main/control/needs.ts';
import type { BundleCard, BundlePreview, ProvenanceEntry, ReleaseEntry } from '../../shared/contract/bundles.ts';
import { GatewayError } from '../../shared/errors/gateway-error.ts';
import { known } from './inputs.ts';

const at = '2026-11-25T12:00:00.000Z';
const words = ['maple', 'shadow', 'ivory', 'bronze', 'carpet', 'arrow', 'fossil', 'insect'];

const entry: ProvenanceEntry = {
  ...{ pointer: '/models/deny', value: ['*/*-preview*'], mode: 'enforced', bundle: 'acme-core@12' },
  ...{ origin: 'team bundle acme-core@12, line 58', line: 58, reason: 'grüß ☃', ref: null },
  ...{ contact: { text: '#llm-platform', url: null }, others: ['sluice.yaml, line 4'], yours: [] },
};

const shared = {
  ...{ name: 'ACME', description: null, contact: { text: '#llm-platform', url: null }, org: 'acme' },
  ...{ mode: 'enforce' as const, fingerprint: known.fingerprint, fingerprint_words: words, signers: ['ed25519:ab'] },
  ...{ version: 12, epoch: 2, sha256: known.sha256, issued_at: at, expires_at: null },
  consents: [
    {
      ...{ pointer: '/enforced/providers/define/eu/base_url', kind: 'provider_address' as const, text: 'moves' },
      ...{ before: 'https://a.example', after: 'https://b.example', value_hash: 'h', state: 'waiting' as const },
    },
  ],
  slots: [{ id: 'eu', label: 'EU', provider: null, how: null, required: false, filled: true }],
};

export const bundleCardOf: BundleCard = {
  ...{ ...shared, id: known.bundle, key: known.bundle, url: known.bundleUrl, layer: 'org', managed: false },
  ...{ trust: 'pinned', state: 'active', state_reason: null, conflicts: [], active_since: at, last_checked_at: at },
  ...{ last_verified_at: at, next_check_at: at, error: { code: 'bundle.unreachable', message: 'No route.', at } },
  ...{ enforces: { models: 1 }, suggests: {}, changelog: null },
  report: { url: 'https://status.example/', interval_s: 86_400, agreed: false, last_sent_at: null },
};

const preview: BundlePreview = {
  ...{ ...shared, url: known.bundleUrl, id: known.bundle, layer: 'org', pinned: true, signed: true, entries: [entry] },
  changes: [
    { pointer: '/models/deny', kind: 'added', effect: 'tightens', text: '1 model newly blocked', after: ['x'] },
  ],
  overridden: [entry],
  impact: { examined: 40, refused: 1, cost_usd: '0.000000000001', examples: ['req-known'] },
  ...{ tests: { cases: 3 }, report_url: null },
};

/** The only one there is. */
function named<Value>(key: string, value: Value): Value {
  if (key !== known.bundle) throw new GatewayError('control.not_found', `No bundle is followed as "${key}".`);
  return value;
}

export const bundles: BundlesNeed = {
  standing: () => [
    { key: known.bundle, name: bundleCardOf.name, state: 'last_good', version: 11, reason: 'It is not signed.' },
  ],
  list: async () => ({ bundles: [bundleCardOf], effective_hash: 'e', closed: null }),
  preview: async ({ url }) => {
    if (!url.startsWith('https:')) throw new GatewayError('bundle.unreachable', 'Not over HTTPS.');
    return preview;
  },
  join: async ({ sha256 }) => {
    if (sha256 !== known.sha256) throw new GatewayError('bundle.changed_meanwhile', 'It is another one now.');
    return bundleCardOf;
  },
  confirmTrust: async ({ key }) => named(key, bundleCardOf),
  leave: async ({ key }) => named(key, { left: key, wiped: [] }),
  check: async ({ key = known.bundle }) => named(key, { bundles: [bundleCardOf] }),
  approve: async ({ key }) => named(key, bundleCardOf),
  report: async ({ key }) => named(key, bundleCardOf),
  reportPreview: async ({ key }) => named(key, { url: 'https://status.example/', body: '{"v":1}' }),
  history: async ({ key }) =>
    named(key, {
      revisions: [
        {
          ...{ version: 12, epoch: 2, sha256: known.sha256, activated_at: at, active: true, changelog: null },
          changes: [],
        },
      ],
    }),
  effective: async () => ({ hash: 'e', bundles: ['acme-core@12'], entries: [entry] }),
  audit: async () => ({
    entries: [{ at, action: 'activate', bundle: known.bundle, version: '2.12', detail: 'In force.', hash: 'h' }],
    intact: true,
  }),
};

export const release: ReleaseEntry = {
  ...{ id: 'release-known', at, key: 'ide', client: null, model: 'smart', rule: 'why' },
  ...{ message: 'Say why.', released: false },
};
