import { describe, expect, it } from 'vitest';
import type { ModelAccess } from '../../../shared/domain/access.ts';
import { AliasReach } from '../../../main/gateway/alias-reach.ts';
import { providerOf, routeOf, snapshotOf } from './routing/making.ts';

const snapshot = snapshotOf(
  [providerOf('p', { a: {}, b: {} }), providerOf('q', { c: {} })],
  [
    routeOf('both', ['p/a', 'q/c']),
    routeOf('other', ['q/c']),
    routeOf('outer', ['inner']),
    routeOf('inner', ['outer', 'p/b']),
    routeOf('any', ['*']),
    routeOf('asked', ['@requested']),
    routeOf('sent', ['q/@requested']),
  ],
);
const aliases = snapshot.routes.map(({ alias }) => alias);

function reached(more: Partial<ModelAccess> | undefined): readonly string[] {
  const rules: ModelAccess = {
    ...{ rule: 'key:ide', origin: 'sluice.yaml, line 3', allowedModels: ['*'], deniedModels: [] },
    ...{ allowedProviders: ['*'], deniedProviders: [] },
    ...more,
  };
  const reach = new AliasReach(snapshot, more === undefined ? [] : [rules]);
  return aliases.filter((alias) => reach.leadsSomewhere(alias));
}

describe('an alias leads to something', () => {
  it('where everything may be used', () => {
    expect(reached(undefined)).toEqual(aliases);
  });

  it('where one of its targets may be used, under its own name or the alias', () => {
    expect(reached({ allowedModels: ['p/*'] })).toEqual(['both', 'outer', 'inner', 'any']);
    expect(reached({ allowedModels: ['other', 'asked'] })).toEqual(['other', 'asked']);
    expect(reached({ deniedModels: ['both'] })).not.toContain('both');
  });

  it('unless every provider behind it is denied', () => {
    expect(reached({ deniedProviders: ['q'] })).toEqual(['both', 'outer', 'inner', 'any', 'asked']);
    expect(reached({ allowedProviders: ['q'] })).toEqual(['both', 'other', 'any', 'asked', 'sent']);
  });
});
