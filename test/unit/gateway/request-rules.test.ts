// What becomes of a request by several rules: the most severe decides, and all of them are told.
import { describe, expect, it } from 'vitest';
import type { SafetyEvent } from '../../../main/gateway/exchange.ts';
import { Firewall } from '../../../main/gateway/policies/firewall/firewall.ts';
import { Turns } from '../../../main/gateway/policies/masking/turns.ts';
import type { FirewallRule } from '../../../main/gateway/ports.ts';
import { Releases } from '../../../main/gateway/releases.ts';
import { checkRequest, type RequestRulesInput, type StripRule } from '../../../main/gateway/request-rules.ts';
import { systemClock } from '../../../main/kit/clock.ts';
import type { GatewayError } from '../../../shared/errors/gateway-error.ts';

function rule(id: string, action: FirewallRule['action'], given: Partial<FirewallRule> = {}): FirewallRule {
  return {
    ...{ id, detect: undefined, pattern: 'sesame', topics: [], when: undefined, in: ['user'], inAnswer: false },
    ...{ action, message: undefined, threshold: undefined, judge: undefined, origin: 'a test' },
    ...given,
  };
}

interface Checked {
  readonly strips: readonly StripRule[];
  readonly noted: string[];
  readonly code: string | undefined;
  readonly message: string;
  readonly judged: string[];
}

async function check(
  rules: readonly FirewallRule[],
  {
    releases,
    isAttack = true,
    operation = 'generate',
  }: { releases?: Releases; isAttack?: boolean; operation?: string } = {},
): Promise<Checked> {
  const noted: string[] = [];
  const judged: string[] = [];
  const surface = { id: 'chat', path: '/chat/completions', query: new URLSearchParams(), operation };
  const principal = { key: { id: 'ide' }, client: 'cursor' };
  const input = { surface, principal, body: Buffer.from('the very bytes'), requestId: 'req_1' };
  const made = {
    firewall: new Firewall(rules),
    texts: [{ name: 'one', text: () => 'open sesame', place: 'user', kinds: [] }],
    holds: () => true,
    ...{ input, model: 'fast', releases, turns: new Turns(systemClock) },
    judge: {
      known: () => undefined,
      isAttack: ({ hit }: { hit: { rule: FirewallRule } }) => {
        judged.push(hit.rule.id);
        return Promise.resolve(isAttack);
      },
    },
    note: ({ rule: id, action, detail }: SafetyEvent) => noted.push(`${id} ${action}: ${detail}`),
  } as unknown as RequestRulesInput;
  try {
    const strips = await checkRequest(made);
    return { strips, noted, judged, code: undefined, message: '' };
  } catch (error) {
    const { code, message } = error as GatewayError;
    return { strips: [], noted, judged, code, message };
  }
}

const found = 'its pattern in what the user says';

describe('several rules', () => {
  it('are all told, and the most severe decides', async () => {
    const rules = (['log', 'warn', 'strip', 'require_justification', 'block'] as const).map((one) => rule(one, one));
    const { noted, code } = await check(rules);
    expect(code).toBe('admit.firewall_blocked');
    expect(noted.sort()).toEqual(
      ['block', 'log', 'require_justification', 'strip', 'warn'].map((one) => `${one} ${one}: ${found}`),
    );
    expect((await check(rules.slice(0, 4))).code).toBe('admit.justification_required');
    const { code: none, strips } = await check(rules.slice(0, 3));
    expect([none, strips.map(({ rule: { id } }) => id)]).toEqual([undefined, ['strip']]);
  });

  it('ask no judge for a request that is refused already, and say so', async () => {
    const { noted, judged } = await check([rule('no', 'block'), rule('judged', 'warn', { judge: 'small' })]);
    expect(judged).toEqual([]);
    expect(noted).toEqual([`no block: ${found}`, `judged warn: ${found}; its judge was not asked`]);
  });

  it('take nothing out that a judge acquits', async () => {
    const { strips, noted } = await check([rule('judged', 'strip', { judge: 'small' })], { isAttack: false });
    expect(strips).toEqual([]);
    expect(noted).toEqual([`judged log: ${found}; its judge says no`]);
  });
});

describe('a rule that only watches', () => {
  it('says what it would have done, and does nothing', async () => {
    const audit = true;
    const { noted, code, strips, judged } = await check([
      rule('a', 'block', { audit }),
      rule('b', 'require_justification', { audit }),
      rule('c', 'strip', { audit, judge: 'small' }),
    ]);
    expect([code, strips, judged]).toEqual([undefined, [], []]);
    expect(noted).toEqual([
      `a log: would have been refused: ${found}`,
      `b log: would have been refused until a reason is given: ${found}`,
      `c log: would have been taken out: ${found}; its judge was not asked`,
    ]);
  });
});

describe('a rule that asks for a reason', () => {
  const releasing = (): Releases => new Releases({ clock: systemClock, random: { id: () => 'r1' } });

  it('refuses and says what to do, lets the same request through once, and tells the reason', async () => {
    const releases = releasing();
    const rules = [
      rule('codename', 'require_justification', { message: 'Codename.' }),
      rule('b', 'require_justification'),
    ];
    const first = await check(rules, { releases });
    expect(first.message).toMatch(
      /^Codename\. Refused by the firewall rules "codename" \(.*\) and "b" \(.*\) until a reason is given\. Nothing was sent\. Open Sluice, choose Policies › Firewall, give a reason/,
    );
    expect(releases.list()).toMatchObject([{ id: 'r1', model: 'fast', client: 'cursor', rule: 'codename, b' }]);
    releases.release('r1', 'a drill');
    const second = await check(rules, { releases });
    expect([second.code, second.noted]).toEqual([
      undefined,
      [`codename warn: released once: "a drill" (${found})`, `b warn: released once: "a drill" (${found})`],
    ]);
    expect((await check(rules, { releases })).code).toBe('admit.justification_required');
  });

  it('uses no reason up where the request is refused all the same', async () => {
    const releases = releasing();
    const asks = rule('codename', 'require_justification');
    await check([asks], { releases });
    releases.release('r1', 'a drill');
    expect((await check([asks, rule('no', 'block')], { releases })).code).toBe('admit.firewall_blocked');
    expect((await check([asks], { releases })).code).toBeUndefined();
  });

  it('lets nothing wait that only counts tokens', async () => {
    const releases = releasing();
    const { code } = await check([rule('codename', 'require_justification')], { releases, operation: 'count_tokens' });
    expect([code, releases.list()]).toEqual(['admit.justification_required', []]);
  });
});
