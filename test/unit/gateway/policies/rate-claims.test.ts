import { describe, expect, it } from 'vitest';
import { limitClaims, type LimitedSpender } from '../../../../main/gateway/policies/rate-claims.ts';
import type { RateLimit } from '../../../../main/gateway/ports.ts';
import { limitOf } from './rates.ts';

const target = { providerId: 'openai', model: 'gpt-5' };

function spender(team?: string): LimitedSpender {
  return { key: { id: 'ide', name: 'My editor' }, team };
}

function claimed(limits: readonly RateLimit[], of: LimitedSpender, at?: typeof target): readonly string[] {
  return limitClaims([limits], of, at, () => true).map(({ limit, subject }) => `${limit.id}:${subject}`);
}

const each = (['global', 'key', 'team', 'provider', 'model'] as const).map((scope) => limitOf(scope, { scope }));

describe('the limits that count a request', () => {
  it('are those of all, of its key and of its team when it is admitted', () => {
    expect(claimed(each, spender('core'))).toEqual(['global:', 'key:ide', 'team:core']);
    expect(claimed(each, spender())).toEqual(['global:', 'key:ide', 'team:-']);
  });

  it('are those of provider and model with each try', () => {
    expect(claimed(each, spender('core'), target)).toEqual(['provider:openai', 'model:openai/gpt-5']);
  });

  it('are of every list, one after the other', () => {
    const lists = [each.slice(0, 1), [limitOf('key:ide', { match: 'ide' })], undefined];
    const ids = limitClaims(lists, spender(), undefined, () => true).map(
      ({ limit, subject }) => `${limit.id}:${subject}`,
    );
    expect(ids).toEqual(['global:', 'key:ide:']);
  });

  it('have names of bounded length', () => {
    const [claim] = limitClaims([each], spender(), { ...target, model: 'm'.repeat(1_000) }, () => true).slice(-1);
    expect(claim?.subject).toBe(`openai/${'m'.repeat(193)}`);
  });

  it('with a match are one sum for all who fit it, by any of their names', () => {
    const matching = (scope: RateLimit['scope'], match: string): RateLimit =>
      limitOf(`${scope} ${match}`, { scope, match });
    const limits = [
      ...[matching('key', 'i*'), matching('key', 'My editor'), matching('key', 'other')],
      ...[matching('team', 'core'), matching('model', 'gpt-*'), matching('model', 'openai/*'), matching('model', 'o3')],
      ...[matching('provider', 'openai'), matching('provider', 'azure')],
    ];
    const of = spender('core');
    expect(claimed(limits, of)).toEqual(['key i*:', 'key My editor:', 'team core:']);
    expect(claimed(limits, of, target)).toEqual(['model gpt-*:', 'model openai/*:', 'provider openai:']);
    // Some servers find a model however its name is written.
    expect(claimed(limits, of, { ...target, model: 'GPT-5' })[0]).toBe('model gpt-*:');
  });

  it('are asked for their conditions last, and only where they would count otherwise', () => {
    const when = { client: ['cursor'] };
    const asked: unknown[] = [];
    const limits = [
      limitOf('streams', { when }),
      limitOf('of others', { match: 'nobody-*', when: { client: ['zed'] } }),
      limitOf('always'),
    ];
    const ids = (holds: boolean): string[] =>
      limitClaims([limits], spender(), undefined, (condition) => {
        asked.push(condition);
        return holds;
      }).map(({ limit }) => limit.id);
    expect(ids(true)).toEqual(['streams', 'always']);
    expect(ids(false)).toEqual(['always']);
    expect(asked).toEqual([when, when]);
  });

  it('of a bundle count a vendor whatever its owner calls it, and a model in every spelling', () => {
    const renamed = { providerId: 'mine', model: 'gpt-5:latest', vendor: 'openai' };
    const of = (scope: RateLimit['scope'], match?: string): RateLimit =>
      limitOf(`${scope} ${match ?? ''}`, { scope, match, byVendor: true });
    const limits = [of('provider', 'openai'), of('provider'), of('model', 'openai/gpt-5'), of('model')];
    const counted = limitClaims([limits], spender(), renamed, () => true).map(({ subject }) => subject);
    expect(counted).toEqual(['', 'openai', '', 'openai/gpt-5']);
    const own = limits.map((one) => ({ ...one, byVendor: undefined }));
    const others = limitClaims([own], spender(), renamed, () => true).map(({ subject }) => subject);
    expect(others).toEqual(['mine', 'mine/gpt-5']);
  });
});
