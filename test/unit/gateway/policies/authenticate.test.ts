import { describe, expect, it } from 'vitest';
import { createKeyTable, digestOf } from '../../../../main/config/keys.ts';
import { authenticate } from '../../../../main/gateway/policies/authenticate.ts';
import type { VirtualKey } from '../../../../main/gateway/ports.ts';

const secret = 'sk-sluice-ide-2222222222222222';

function present(more: Partial<VirtualKey>): VirtualKey {
  const key: VirtualKey = {
    ...{ id: 'ide', name: 'My editor', disabled: false, team: undefined, expiresAt: undefined },
    ...{ allowedModels: ['*'], allowedProviders: ['*'], allowedSurfaces: ['*'] },
    ...{ deniedModels: [], deniedProviders: [], deniedSurfaces: [] },
    ...{ budgets: [], rateLimits: [], metadata: {}, allowedOrigins: [], origin: 'sluice.yaml, line 3' },
    ...more,
  };
  const keys = createKeyTable([{ key, digest: digestOf(secret), previous: [] }], () => 0);
  const places = { headers: { 'x-api-key': secret }, rawHeaders: [], pathToken: undefined, queryKeys: [] };
  return authenticate(places, keys, 1_000).key;
}

describe('a key', () => {
  it('opens', () => {
    expect(present({ expiresAt: 1_001 }).id).toBe('ide');
  });

  it('that is disabled does not, and says how it is enabled', () => {
    expect(() => present({ disabled: true, expiresAt: 1 })).toThrow(
      expect.objectContaining({
        code: 'admit.key_disabled',
        status: 401,
        message: 'The key "My editor" is disabled (sluice.yaml, line 3). Enable it with: sluice keys enable ide.',
      }),
    );
  });

  it('that has expired does not', () => {
    expect(() => present({ expiresAt: 1_000 })).toThrow(expect.objectContaining({ code: 'admit.key_expired' }));
  });
});
