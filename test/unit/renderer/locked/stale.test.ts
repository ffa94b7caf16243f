import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { AnyEvent } from '../../../../shared/contract/contract.ts';
import type { Bridge, BridgeListener } from '../../../../renderer/bridge/bridge.ts';
import { followInstance } from '../../../../renderer/state/live.ts';

describe('what is shown of bundles', () => {
  const stale: string[] = [];
  let tell: BridgeListener['onEvent'] = () => undefined;
  let end = (): void => undefined;

  beforeEach(() => {
    vi.useFakeTimers();
    stale.length = 0;
    const bridge: Bridge = {
      call: () => Promise.resolve({ ok: false, error: { code: 'x', message: 'x', requestId: 'x' } }),
      subscribe(listener) {
        tell = listener.onEvent;
        return () => undefined;
      },
    };
    end = followInstance({ bridge, onStale: (calls) => stale.push(...calls) });
  });
  afterEach(() => {
    end();
    vi.useRealTimers();
  });

  const after = (event: AnyEvent): readonly string[] => {
    tell(event);
    vi.advanceTimersByTime(1_000);
    return stale;
  };

  it('is asked for again with the config when a bundle changed', () => {
    const asked = after({ event: 'bundles.changed', data: { effective_hash: 'a' } });
    expect(asked).toEqual(expect.arrayContaining(['bundles.effective', 'bundles.list', 'config.read', 'budgets.list']));
  });

  it('is asked for again when the file changed: what holds is made of both', () => {
    expect(after({ event: 'config.changed', data: { snapshot: 'a', problems: 0 } })).toContain('bundles.effective');
  });

  it('is left alone by a request that waits for a reason, which is asked for itself', () => {
    const asked = after({ event: 'policy.releases_changed', data: { waiting: 1 } });
    expect(asked).toContain('policy.releases');
    expect(asked).not.toContain('bundles.effective');
  });
});
