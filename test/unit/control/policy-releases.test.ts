// Requests that wait for a reason, as the window sees them and gives it.
import { expect, it } from 'vitest';
import { policyHandlers } from '../../../main/control/handlers/policy.ts';
import type { ControlNeeds } from '../../../main/control/needs.ts';
import { createPolicyControl } from '../../../main/control/policy-control.ts';
import { Releases } from '../../../main/gateway/releases.ts';
import { bundleCalls } from '../../../shared/contract/bundles.ts';

const reasons: string[] = [];
const releases = new Releases({
  clock: { now: () => Date.UTC(2026, 10, 29) },
  random: { id: () => 'r1' },
  onReleased: ({ rule }, reason) => reasons.push(`${rule}: ${reason}`),
});
const parts = { gateway: { releases }, config: { snapshot: { firewall: [] } } };
const policy = createPolicyControl(parts as unknown as Parameters<typeof createPolicyControl>[0]);
const handlers = policyHandlers({ running: { policy } } as unknown as ControlNeeds);

it('are listed without a word of what they say, released with a reason, and no longer there once that is over', async () => {
  const asked = { key: 'ide', path: 'chat', body: Buffer.from('falcon'), rules: ['codename'] };
  releases.remember(asked, { client: undefined, model: 'fast', message: 'Ask first.' });
  const { 'policy.releases': list, 'policy.release': release } = handlers;
  if (list === undefined || release === undefined) throw new Error('nobody answers');
  const waiting = {
    ...{ id: 'r1', at: '2026-11-29T00:00:00.000Z', key: 'ide', client: null, model: 'fast', rule: 'codename' },
    ...{ message: 'Ask first.', released: false },
  };
  const { output } = bundleCalls['policy.releases'];
  expect(output.parse(await list({}))).toEqual({ releases: [waiting] });
  const released = await release({ id: 'r1', reason: 'agreed' });
  expect(bundleCalls['policy.release'].output.parse(released)).toEqual({ ...waiting, released: true });
  expect(reasons).toEqual(['codename: agreed']);
  expect(releases.take(asked)).toBe('agreed');
  expect(() => release({ id: 'r1', reason: 'again' })).toThrow(/^No request waits for a reason as r1 any more\./);
});
