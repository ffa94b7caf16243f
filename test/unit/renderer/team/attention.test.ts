import { describe, expect, it } from 'vitest';
import { ofBundles } from '../../../../renderer/features/overview/attention-bundles.ts';
import { bundleLeaves } from '../../../../renderer/features/settings/bundle-leaves.ts';
import { currentText } from '../../../../renderer/text/text.ts';
import type { BundleState } from '../../../../shared/contract/words.ts';
import { card, consent } from './fixtures.ts';

const kindOf = (state: BundleState): string | undefined =>
  ofBundles([card({ state, state_reason: 'because', consents: [consent('waiting')], trust: 'first_use' })])[0]?.kind;

describe('a bundle needs attention', () => {
  it('when somebody here can or must do something about it', () => {
    expect(kindOf('needs_consent')).toBe('bundleConsent');
    expect(kindOf('last_good')).toBe('bundleRefused');
    expect(kindOf('failed')).toBe('bundleFailed');
    expect(kindOf('expiring')).toBe('bundleExpiring');
    expect(kindOf('expired')).toBe('bundleExpired');
    expect(kindOf('restricted')).toBe('bundleStopped');
    expect(kindOf('blocked')).toBe('bundleStopped');
    expect(kindOf('conflict')).toBe('bundleConflict');
    expect(kindOf('limited')).toBe('bundleUnconfirmed');
  });

  it('never while it is fine, not read, or not for this machine', () => {
    expect([kindOf('active'), kindOf('waiting'), kindOf('inactive')]).toEqual([undefined, undefined, undefined]);
    expect(ofBundles([card({ state: 'limited', trust: 'unsigned' })])).toEqual([]);
  });

  it('for a key that it needs and nobody entered', () => {
    const slot = { id: 'main', label: 'Main key', provider: 'openai', how: null, required: true, filled: false };
    expect(ofBundles([card({ slots: [slot] })])).toEqual([{ kind: 'bundleKey', name: 'ACME', label: 'Main key' }]);
    expect(ofBundles([card({ slots: [{ ...slot, filled: true }] })])).toEqual([]);
    expect(ofBundles([card({ slots: [{ ...slot, required: false }] })])).toEqual([]);
  });

  it('once for two that contradict each other', () => {
    const both = ['a', 'b'].map((name) => card({ name, state: 'conflict', state_reason: 'a and b allow nothing' }));
    expect(ofBundles(both)).toHaveLength(1);
  });
});

describe('what leaves this machine for team bundles', () => {
  const { t } = currentText();
  const leaves = (bundles: Parameters<typeof bundleLeaves>[0]): ReturnType<typeof bundleLeaves> =>
    bundleLeaves(bundles, { t, dateTime: (at) => String(at) });

  it('is nothing where none is followed, or one from a file', () => {
    expect(leaves([])).toMatchObject([{ when: 'Never: none is followed', where: '—' }]);
    expect(leaves([card({ url: 'file:///x.sluice' })])).toMatchObject([{ where: '—' }]);
  });

  it('names each host once, and when the last was asked', () => {
    const [checks, ...rest] = leaves([
      card({ last_checked_at: '2026-11-29T10:00:00Z' }),
      card({ last_checked_at: '2026-11-29T11:00:00Z' }),
    ]);
    expect(checks).toMatchObject({ where: 'policy.acme.example' });
    expect(checks?.when).toContain('2026-11-29T11:00:00Z');
    expect(rest).toEqual([]);
  });

  it('is a report once somebody agreed, and not before', () => {
    const report = { url: 'https://told.example/status', interval_s: 86_400, agreed: false, last_sent_at: null };
    expect(leaves([card({ report })])).toHaveLength(1);
    expect(leaves([card({ report: { ...report, agreed: true } })])[1]).toMatchObject({ where: 'told.example' });
  });
});
