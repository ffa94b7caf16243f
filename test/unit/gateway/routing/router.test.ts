import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Snapshot } from '../../../../main/gateway/ports.ts';
import { route } from '../../../../main/gateway/routing/router.ts';
import { snapshotOf } from '../../../component/gateway/support.ts';

let snapshot: Snapshot;

beforeAll(async () => {
  const keys = 'keys: [{ name: main, value: sk-literal-123456 }]';
  snapshot = await snapshotOf(`
providers:
  - { id: openai, kind: openai, ${keys} }
  - { id: anthropic, kind: anthropic, ${keys} }
  - { id: azure, kind: azure-openai, base_url: "https://x.openai.azure.com", ${keys} }
  - { id: one, kind: openai-compatible, base_url: "https://one.test/v1", models: [shared-model], ${keys} }
  - { id: two, kind: openai-compatible, base_url: "https://two.test/v1", models: [shared-model, only-two], ${keys} }
  - { id: closed, kind: openai-compatible, base_url: "https://closed.test/v1", models: [just-this], closed_models: true, ${keys} }
routes:
  - { alias: smart, strategy: fallback, targets: [anthropic/claude-sonnet-4-5, openai/gpt-5] }
  - { alias: half, strategy: weighted, targets: [{ provider: openai, model: gpt-5, weight: 1 }, { provider: anthropic, model: claude-sonnet-4-5, weight: 3 }] }
  - { alias: first, strategy: single, targets: [openai/gpt-5] }
`);
});

function targets(model: string, draw = 0): string[] {
  return route({ snapshot, model, draw }).targets.map((target) => `${target.provider.id}/${target.model}`);
}

function refusal(model: string): unknown {
  try {
    route({ snapshot, model, draw: 0 });
    return undefined;
  } catch (error) {
    return error;
  }
}

describe('a model name', () => {
  it.each([
    ['openai/gpt-5', ['openai/gpt-5']],
    ['openai/some-new-name', ['openai/some-new-name']],
    ['one/org/model:tag', ['one/org/model:tag']],
    ['smart', ['anthropic/claude-sonnet-4-5', 'openai/gpt-5']],
    ['first', ['openai/gpt-5']],
    ['only-two', ['two/only-two']],
    ['gpt-9-of-next-year', ['openai/gpt-9-of-next-year']],
    ['claude-opus-9', ['anthropic/claude-opus-9']],
    ['demo/echo', ['demo/echo']],
    ['demo/error-503', ['demo/error-503']],
    ['models/only-two', ['two/only-two']],
    ['claude-demo-echo', ['demo/echo']],
  ])('%s leads to %j', (model, expected) => {
    expect(targets(model)).toEqual(expected);
  });

  it('known to several providers asks which one', () => {
    expect(refusal('shared-model')).toMatchObject({
      code: 'route.ambiguous_model',
      message: expect.stringContaining('"one/shared-model", "two/shared-model"') as string,
    });
  });

  it('nobody knows is refused with the nearest names', () => {
    expect(refusal('smrt')).toMatchObject({
      code: 'route.model_not_found',
      message: expect.stringContaining('"smart"') as string,
    });
    expect(refusal('closed/other')).toMatchObject({ code: 'route.model_not_found' });
    expect(refusal('demo/nothing')).toMatchObject({ code: 'route.model_not_found' });
  });

  it('of a weighted route is drawn by weight, the others follow', () => {
    expect(targets('half', 0.1)).toEqual(['openai/gpt-5', 'anthropic/claude-sonnet-4-5']);
    expect(targets('half', 0.3)).toEqual(['anthropic/claude-sonnet-4-5', 'openai/gpt-5']);
  });

  it('gives the same plan for the same inputs, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 40 }), fc.double({ min: 0, max: 0.999, noNaN: true }), (model, draw) => {
        const once = (): unknown => {
          try {
            return route({ snapshot, model, draw }).targets.map((target) => `${target.provider.id}/${target.model}`);
          } catch (error) {
            return (error as { code?: string }).code;
          }
        };
        expect(once()).toEqual(once());
      }),
    );
  });
});
