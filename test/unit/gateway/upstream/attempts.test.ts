import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../../main/app.ts';
import { runAttempts, StopSignal } from '../../../../main/gateway/upstream/attempts.ts';
import { createUpstreamClient } from '../../../../main/gateway/upstream/client.ts';
import { CredentialPool } from '../../../../main/gateway/upstream/credentials.ts';
import type { AttemptRecord } from '../../../../main/gateway/exchange.ts';
import { systemClock as clock } from '../../../../main/kit/clock.ts';
import { GatewayError } from '../../../../shared/errors/gateway-error.ts';
import { snapshotOf } from '../../../component/gateway/support.ts';

describe('an attempt whose token does not come', () => {
  const late = new GatewayError('attempt.total_timeout', 'No answer within total_ms (1 ms).');

  it.each([
    ['the client leaves', 'gone', { kind: 'gone' }, 'client_gone'],
    ['its time is over', late, { kind: 'failed', failures: [{ error: late }] }, 'attempt.total_timeout'],
  ] as const)('is given up when %s', async (_why, reason, outcome, recorded) => {
    const { providers } = await snapshotOf('');
    const provider = providers.get('demo');
    if (provider === undefined) throw new Error('there is no demo');
    const records: AttemptRecord[] = [];
    const stopped = new StopSignal();
    const random = createRandom();
    const running = runAttempts({
      plan: {
        targets: [{ id: 'demo', provider, model: 'echo' }],
        reason: 'test',
        fallbackOn: ['error'],
        routeId: undefined,
      },
      stream: false,
      client: createUpstreamClient(),
      credentials: new CredentialPool(clock, random),
      clock,
      random,
      stopped,
      prepare: () => new Promise(() => undefined),
      onAttempt: (record) => records.push(record),
      onFailure: () => undefined,
    });
    stopped.stop(reason);
    expect(await running).toMatchObject(outcome);
    expect(records).toMatchObject([{ target: 'demo/echo', error: recorded }]);
  });
});
