import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../../main/kit/random.ts';
import type { Permit, Plan } from '../../../../main/gateway/exchange.ts';
import { HealthBook } from '../../../../main/gateway/routing/health.ts';
import { Attempts } from '../../../../main/gateway/upstream/attempts.ts';
import { createUpstreamClient } from '../../../../main/gateway/upstream/client.ts';
import { CredentialPool } from '../../../../main/gateway/upstream/credentials.ts';
import type { AttemptEnd } from '../../../../main/gateway/upstream/one-attempt.ts';
import { StopSignal } from '../../../../main/gateway/upstream/stop-signal.ts';
import { systemClock as clock } from '../../../../main/kit/clock.ts';
import { GatewayError } from '../../../../shared/errors/gateway-error.ts';
import { snapshotOf } from '../../../component/gateway/support.ts';

const late = new GatewayError('attempt.total_timeout', 'No answer within total_ms (1 ms).');

async function demoPlan(): Promise<Plan> {
  const provider = (await snapshotOf('')).providers.get('demo');
  if (provider === undefined) throw new Error('there is no demo');
  return {
    targets: [{ id: 'demo', provider, model: 'echo' }],
    reason: 'test',
    fallbackOn: ['error'],
    fallbackRules: [],
    routeId: undefined,
    maxAttempts: 3,
    onBreak: 'fail',
    hedge: undefined,
    cache: undefined,
    credentialName: undefined,
    decision: {
      version: 1,
      asked: 'demo/echo',
      reason: 'test',
      facts: { model: 'demo/echo', surface: 'chat', at: 0, tokens: 1 },
      candidates: [],
      order: ['demo/echo'],
      principal: { key: 'test', allowedModels: ['*'], deniedModels: [], operation: 'generate', family: 'openai' },
      snapshot: '',
      draw: 0,
    },
  };
}

const allowed: Permit = {
  ...{ maxOutputTokens: undefined, limitReason: '', paidOutputTokens: undefined, answers: 1, bound: 0 },
  extend: () => true,
  refusedBy: undefined,
  end: () => undefined,
};

describe('an attempt whose token does not come', () => {
  it.each([
    ['the client leaves', 'gone', { kind: 'gone' }, 'client_gone'],
    ['its time is over', late, { kind: 'failed', failures: [{ error: late }] }, 'attempt.total_timeout'],
  ] as const)('is given up when %s', async (_why, reason, outcome, recorded) => {
    const ends: (AttemptEnd & { readonly target: string })[] = [];
    const stopped = new StopSignal();
    const random = createRandom();
    const health = new HealthBook({ clock });
    const attempts = new Attempts({
      plan: await demoPlan(),
      stream: false,
      promptTokens: 1,
      hedge: undefined,
      client: createUpstreamClient(),
      credentials: new CredentialPool(health, random),
      health,
      clock,
      random,
      stopped,
      permit: () => allowed,
      begin: (target) => ({
        firstContent: () => undefined,
        chosen: () => undefined,
        ended(end) {
          ends.push({ ...end, target: target.model });
          return { usage: undefined, ttftMs: undefined };
        },
      }),
      onPassedOver: () => undefined,
      prepare: () => new Promise(() => undefined),
      errorText: () => '',
      onFailure: () => undefined,
    });
    const running = attempts.next();
    stopped.stop(reason);
    expect(await running).toMatchObject(outcome);
    expect(ends).toEqual([
      { target: 'echo', error: recorded, status: undefined, mayBeCharged: false, committed: false },
    ]);
    expect(health.states()).toMatchObject([{ running: 0, failures: 0 }]);
  });
});
