// Bundles that are made to be wrong, too much or in conflict, and what a plain model of the rules says of lists that all must allow.

import { describe, expect, it } from 'vitest';
import { fc } from '../../property.ts';
import { lintBundle } from '../../../main/bundles/lint.ts';
import { conflictsOf, createTeamLayer } from '../../../main/bundles/merge/merge.ts';
import { accessIn, mayUseModel } from '../../../main/gateway/policies/access.ts';
import { bundlePayload } from '../../../shared/bundle/payload.ts';
import { bundleOf, run, setOf, type Saying } from './merge-support.ts';

const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

describe('lists of models that allow nothing together', () => {
  const conflicts = (...lists: readonly string[][]): number =>
    conflictsOf(lists.map((allow, index) => bundleOf({ id: `acme-${index}`, enforced: { models: { allow } } }))).length;

  it.each([
    [['openai/*'], ['anthropic/*']],
    [['gpt-*'], ['claude-*']],
    [['openai/gpt-*'], ['claude-*', 'o1']],
    [['open*'], ['anthropic/gpt']],
    [['a*/x'], ['b*/*', '*/y']],
  ])('are seen: %j and %j', (a, b) => {
    expect([conflicts(a, b), conflicts(b, a), conflicts(a, ['*'], b)]).toEqual([1, 1, 1]);
  });

  it.each([
    [['gpt-*'], ['openai/*']],
    [['open*'], ['openai/*']],
    [['*'], ['a/b']],
    [['a*x/y'], ['a/b/x/y', 'c/*']],
    [['*a'], ['b/*']],
  ])('are not seen where there is one: %j and %j', (a, b) => {
    expect([conflicts(a, b), conflicts(b, a)]).toEqual([0, 0]);
  });

  it('regions lie within each other', () => {
    const regions = (...lists: readonly string[][]): number =>
      conflictsOf(
        lists.map((region, index) => bundleOf({ id: `acme-${index}`, enforced: { models: { require: { region } } } })),
      ).length;
    expect([regions(['eu'], ['eu-central-1']), regions(['EU'], ['europe-west4']), regions(['eu'], ['us'])]).toEqual([
      0, 0, 1,
    ]);
  });
});

describe('a bundle that is too much', () => {
  const routes: Readonly<Record<string, unknown[]>> = {
    'a circle of hundreds': range(400).map((at) => ({ alias: `a${at}`, targets: [`a${(at + 1) % 400}`] })),
    'a chain of hundreds that leads nowhere': range(400).map((at) => ({
      alias: `a${at}`,
      targets: [`a${at + 1}`],
    })),
    'a chain of hundreds': [
      ...range(399).map((at) => ({ alias: `a${at}`, targets: [`a${at + 1}`] })),
      { alias: 'a399', targets: ['demo/echo'] },
    ],
    'ten ways on from each of hundreds': range(400).map((at) => ({
      alias: `a${at}`,
      targets: [...range(10).map((next) => `a${at + next + 1}`), 'demo/echo'],
    })),
  };
  const own = 'version: 1\nroutes: [{ alias: mine, targets: [near] }, { alias: near, targets: [demo/echo] }]\n';

  it.each(Object.entries(routes))('is put together, and what is there stays: %s', async (_, list) => {
    for (const part of ['enforced', 'defaults']) {
      const set = setOf(own, [bundleOf({ [part]: { routes: list } })]);
      const { config } = set;
      expect((await run(set)).problems).toEqual([]);
      expect(config.routes.filter(({ alias }) => ['mine', 'near'].includes(alias))).toHaveLength(2);
    }
  });

  it('is looked through and compared, whatever its patterns', () => {
    const stars = (end: string): string[] => range(2_000).map((at) => `*${'a*'.repeat(100)}${end}${at}`);
    const models = { allow: stars('b'), deny: stars('c') };
    const [one, other] = ['acme-one', 'acme-two'].map((id) => bundleOf({ id, enforced: { models, tools: models } }));
    if (one === undefined || other === undefined) throw new Error('there are two');
    lintBundle(one.bundle, { findSecrets: () => [] });
    const reversed = { models: { allow: stars('d') } };
    expect(conflictsOf([one, bundleOf({ enforced: reversed })])).toEqual([]);
    expect(createTeamLayer([one, other]).hash).toMatch(/^[0-9a-f]{64}$/);
  });

  it.each([
    ['aliases', { models: { aliases: Object.fromEntries(range(1_001).map((at) => [`a${at}`, 'demo/echo'])) } }],
    [
      'providers',
      { providers: { define: Object.fromEntries(range(201).map((at) => [`p${at}`, { kind: 'openai' }])) } },
    ],
    [
      'models',
      {
        providers: {
          define: {
            a: { kind: 'openai', models: range(1_000).map(String) },
            b: { kind: 'openai', models: range(1_000).map(String) },
            c: { kind: 'openai', models: ['x'] },
          },
        },
      },
    ],
  ])('is none with too many %s', (_, enforced) => {
    const frame = { schema: 'sluice.bundle/1', id: 'acme', version: 1, epoch: 1, issued_at: '2026-11-20T09:00:00Z' };
    expect(bundlePayload.safeParse({ ...frame, enforced }).success).toBe(false);
  });
});

// ---------------------------------------------------------------- a plain model

const providers = ['p', 'q', 'pq'];
const models = ['m', 'n', 'x/m', 'm-2'];
const fits = (glob: string, name: string): boolean =>
  new RegExp(
    `^${glob
      .split('*')
      .map((text) => text.replace(/[^\w]/g, '\\$&'))
      .join('.*')}$`,
    's',
  ).test(name);
const ids = fc.option(fc.uniqueArray(fc.constantFrom('*', 'p', 'q', 'p*', '*q', 'r'), { maxLength: 3 }), {
  nil: undefined,
});
const globs = fc.option(
  fc.uniqueArray(fc.constantFrom('*', 'm', 'm*', 'p/*', '*/m', 'q/m*', 'x/m', '*q/n', 'pq/x/*', 'p*m'), {
    maxLength: 3,
  }),
  { nil: undefined },
);
const lists = fc.record({ pAllow: ids, pDeny: ids, mAllow: globs, mDeny: globs });
type Lists = typeof lists extends fc.Arbitrary<infer T> ? T : never;

function allows({ pAllow, pDeny, mAllow, mDeny }: Lists, provider: string, model: string): boolean {
  const full = `${provider}/${model}`;
  const allowed = (glob: string): boolean => fits(glob, glob.includes('/') ? full : model);
  return (
    (pAllow ?? ['*']).some((glob) => fits(glob, provider)) &&
    !(pDeny ?? []).some((glob) => fits(glob, provider)) &&
    (mAllow ?? ['*']).some(allowed) &&
    !(mDeny ?? []).some((glob) => fits(glob, full) || fits(glob, model))
  );
}

const present = (list: string[] | undefined, name: string): Record<string, string[]> =>
  list === undefined ? {} : { [name]: list };
const sectionsOf = ({ pAllow, pDeny, mAllow, mDeny }: Lists): unknown => ({
  providers: { ...present(pAllow, 'allow'), ...present(pDeny, 'deny') },
  models: { ...present(mAllow, 'allow'), ...present(mDeny, 'deny') },
});

it('may be asked what each of the bundles and the file allow, and nothing else', async () => {
  const saying = fc.record({
    says: lists,
    layer: fc.constantFrom('mdm' as const, 'org' as const, 'team' as const),
    mode: fc.constantFrom('enforce' as const, 'audit' as const),
  });
  const own = fc.record({ mAllow: globs, mDeny: globs });
  const text = (mine: { mAllow: string[] | undefined; mDeny: string[] | undefined }): string => `version: 1
providers: [${providers.map((id) => `{ id: ${id}, kind: openai-compatible, base_url: "https://${id}.example/v1" }`).join(', ')}]
models: ${JSON.stringify({ ...present(mine.mAllow, 'allow'), ...present(mine.mDeny, 'deny') })}
`;
  await fc.assert(
    fc.asyncProperty(fc.array(saying, { maxLength: 3 }), own, async (bundles, mine) => {
      const sayings = bundles.map(({ says, layer, mode }, index): Saying => ({
        ...{ id: `acme-${index}`, layer, mode, enforced: sectionsOf(says) },
      }));
      const { snapshot, problems } = await run(
        setOf(text(mine), [bundleOf({ id: 'acme-none', defaults: {} }), ...sayings.map(bundleOf)]),
      );
      if (snapshot === undefined) throw new Error(problems.join('\n'));
      const counting = [
        ...bundles.filter(({ mode }) => mode === 'enforce').map(({ says }) => says),
        { ...mine, pAllow: undefined, pDeny: undefined },
      ];
      for (const provider of providers)
        for (const model of models) {
          const may = mayUseModel(accessIn(snapshot, []), [`${provider}/${model}`, model, model], provider);
          expect([provider, model, may]).toEqual([
            provider,
            model,
            counting.every((one) => allows(one, provider, model)),
          ]);
        }
    }),
    { numRuns: 40 },
  );
});
