// The laws of the merge (BND-37). SLUICE_MERGE_RUNS raises the number of worlds that are tried; each is tried with every request of it.
import type * as z from 'zod';
import { describe, expect, it } from 'vitest';
import { fc } from '../../property.ts';
import { createTeamLayer } from '../../../main/bundles/merge/merge.ts';
import type { LayeredBundle } from '../../../main/bundles/types.ts';
import { compileMasking } from '../../../main/config/compile-masking.ts';
import { withTeam, type TeamApplied, type TeamSet } from '../../../main/config/team-layer.ts';
import { denialOf } from '../../../main/gateway/policies/access.ts';
import { modesAt } from '../../../main/gateway/policies/masking/kind-modes.ts';
import type { Masking } from '../../../main/gateway/ports.ts';
import { matchesAny, matchesGlob } from '../../../main/kit/glob.ts';
import { firewallActions, type bundleSections } from '../../../shared/bundle/sections.ts';
import { foundKinds, type MaskMode } from '../../../shared/domain/masking.ts';
import { usdToPicoExact } from '../../../shared/domain/money.ts';
import type { ParsedConfig } from '../../../main/config/parse.ts';
import { good, parse } from '../config/support.ts';
import { bundleOf, run } from './merge-support.ts';
import { ownText, requests, saying, sections, type Asked } from './merge-worlds.ts';

const runs = Number(process.env['SLUICE_MERGE_RUNS'] ?? 60);
/** Triples of bundle, bundle and request that were tried. */
let triples = 0;

const emptyText = JSON.stringify({
  version: 1,
  providers: ['p', 'q', 'r'].map((id) => ({ id, kind: 'openai-compatible', base_url: `https://${id}.example/v1` })),
});
/** Reading a file costs far more than merging it: some are read once, and each world takes one of them. */
const files = fc.sample(ownText, Math.min(runs, 4_000)).flatMap((text) => {
  const result = parse(text);
  return result.ok ? [result.parsed] : [];
});
const file = fc.constantFrom(...files);
const emptyFile = good(emptyText);
const bundle = saying.map((one) => bundleOf(one));
/** Routes and budgets lead to what is there everywhere: what nobody can answer is another matter than what may not be. */
const answered = saying.map(({ enforced, ...rest }) => {
  const { routes, models, budgets, ...others } = enforced as z.output<typeof bundleSections>;
  const limits = budgets?.map((one) => ({ ...one, action: one.action?.replace('smart', 'cheap') }));
  const aliases = Object.fromEntries(Object.keys(models?.aliases ?? {}).map((alias) => [alias, 'demo/echo']));
  const led = routes?.map((route) => ({ ...route, targets: ['demo/echo'] }));
  return bundleOf({
    ...rest,
    mode: 'enforce',
    enforced: { ...others, budgets: limits, routes: led, models: models && { ...models, aliases } },
  });
});
const enforcing = answered.map((one) => without(one, 'defaults'));

function without(one: LayeredBundle, name: 'defaults'): LayeredBundle {
  return { ...one, bundle: { ...one.bundle, payload: { ...one.bundle.payload, [name]: undefined } } };
}

function named(one: LayeredBundle, id: string): LayeredBundle {
  return { ...one, bundle: { ...one.bundle, payload: { ...one.bundle.payload, id } } };
}

function over(parsed: ParsedConfig, bundles: readonly LayeredBundle[]): TeamSet {
  const set = withTeam(parsed.sets[0], createTeamLayer(bundles), (path) => parsed.document.hasIn(path));
  if (!('applied' in set)) throw new Error('there is a layer');
  return set;
}

// ---------------------------------------------------------------- what a request may do

/** The tool "run" is one of this server. */
const docs = 'https://docs.example/other';

function mayDo({ policy, config }: Pick<TeamApplied, 'policy' | 'config'>, asked: Asked): boolean {
  const names = [`${asked.provider}/${asked.model}`, asked.model, asked.name];
  if (denialOf(policy.access, names, asked.provider) !== undefined) return false;
  if (policy.maxContext !== undefined && asked.input > policy.maxContext.tokens) return false;
  const isKnown = policy.requires.every(
    ({ noTraining, retentionDays, regions }) =>
      (!noTraining || asked.training === false) &&
      (retentionDays === undefined || (asked.retention !== undefined && asked.retention <= retentionDays)) &&
      (regions.length === 0 || (asked.region !== undefined && regions.includes(asked.region))),
  );
  const { tool } = asked;
  const isTool = policy.tools.every(
    ({ allow, deny }) => tool === undefined || (matchesAny(allow, tool) && !matchesAny(deny, tool)),
  );
  const isServer = policy.tools.every(
    ({ servers }) =>
      tool !== 'run' ||
      servers === undefined ||
      servers.some(({ name, identity }) => matchesGlob(name, 'docs') && matchesGlob(identity, docs)),
  );
  return isKnown && isTool && isServer && isRouted(policy, config, asked);
}

/** The first enforced route that fits is the one. */
function isRouted({ routesOnly }: TeamApplied['policy'], config: TeamApplied['config'], asked: Asked): boolean {
  if (routesOnly === undefined) return true;
  const found = config.routes.find(
    ({ alias, when }) =>
      matchesGlob(alias, asked.name) &&
      (when === undefined || (when.client?.includes(asked.client ?? '') ?? asked.tool !== undefined)),
  );
  return found?.id !== undefined && routesOnly.routes.includes(found.id);
}

const strength: readonly (MaskMode | undefined)[] = [undefined, 'off', 'warn', 'mask', 'block'];

function maskingOf({ config, findings, applied }: TeamSet): Masking | undefined {
  const nothing = { resolutions: new Map(), files: new Map(), providers: new Map() };
  return compileMasking({ config, findings, team: applied, ...nothing });
}

const places = ['p', 'q', 'r'].flatMap((provider) =>
  ['ide', 'cli', undefined].map((client) => ({ provider, client, route: undefined })),
);

/** What the second masks less than the first. */
function maskedLess(wide: TeamSet, narrow: TeamSet): string[] {
  const [before, after] = [maskingOf(wide), maskingOf(narrow)];
  if (before === undefined) return [];
  if (after === undefined) return ['masking is off'];
  const less = places.flatMap((place) => {
    const [base, now] = [modesAt(before, place), modesAt(after, place)];
    return foundKinds
      .filter((kind) => strength.indexOf(now.get(kind)) < strength.indexOf(base.get(kind)))
      .map((kind) => `${kind} at ${place.provider} for ${place.client ?? 'anybody'}`);
  });
  const terms = new Set(after.terms.map(({ text }) => text));
  const modeOf = ({ policy }: Masking['patterns'][number]): number => strength.indexOf(policy?.mode ?? 'mask');
  return [
    ...less,
    ...before.terms.filter(({ text }) => !terms.has(text)).map(({ text }) => text),
    ...before.patterns
      .filter((one) => !after.patterns.some((other) => other.pattern === one.pattern && modeOf(other) >= modeOf(one)))
      .map(({ id }) => id),
    ...(after.restore && !before.restore ? ['originals come back'] : []),
    ...(before.answers === 'block' && after.answers !== 'block' ? ['answers'] : []),
    ...(before.onFailure === 'block' && after.onFailure === 'warn' && isEnforced(wide, '/masking/on_failure')
      ? ['on_failure']
      : []),
    ...(before.media === 'block' && after.media === 'pass' ? ['media'] : []),
    ...[...before.kinds]
      .filter(([kind, { restore }]) => !restore && after.kinds.get(kind)?.restore !== false)
      .map(([kind]) => `${kind} comes back`),
    ...after.allowed.filter((value) => !before.allowed.includes(value)),
  ];
}

/** What is built in or the user's own may change with what he writes. */
function isEnforced({ applied }: TeamSet, pointer: string): boolean {
  return applied.provenance.some((one) => one.pointer === pointer && one.mode === 'enforced');
}

const severity = (action: string): number =>
  ['alert', 'downgrade', 'ask', 'reject'].indexOf(action.split(':')[0] ?? '');

/** Whoever is to go down to what nobody answers to is refused, until somebody does. */
function leadsNowhere(action: string, { routes }: TeamApplied['config']): boolean {
  return action.startsWith('downgrade:') && !routes.some(({ alias }) => action === `downgrade:${alias}`);
}

/** Limits and rules of the first that the second does not hold as strictly. */
function limitedLess({ config: before }: TeamApplied, { config: after }: TeamApplied): string[] {
  const contents = ['off', 'metadata', 'redacted', 'full'];
  // Where nothing is masked nothing is recorded in place of what would be masked.
  const { content } = before.logging;
  const recorded = content === 'metadata' && !before.masking.enabled ? 'redacted' : content;
  return [
    ...before.budgets
      .filter(
        (one) =>
          !after.budgets.some(
            (other) =>
              other.scope === one.scope &&
              JSON.stringify(other.when) === JSON.stringify(one.when) &&
              other.period === one.period &&
              (usdToPicoExact(other.limit_usd) ?? 0n) <= (usdToPicoExact(one.limit_usd) ?? 0n) &&
              (severity(other.action) >= severity(one.action) || leadsNowhere(other.action, before)),
          ),
      )
      .map(({ id }) => `budget ${id}`),
    ...before.rate_limits
      .filter(
        (one) =>
          !after.rate_limits.some(
            (other) =>
              other.scope === one.scope &&
              JSON.stringify(other.when) === JSON.stringify(one.when) &&
              (other.max_parallel_requests ?? Infinity) <= (one.max_parallel_requests ?? Infinity) &&
              (other.burst ?? Infinity) <= (one.burst ?? Infinity) &&
              (other.rpm ?? Infinity) <= (one.rpm ?? Infinity) &&
              (other.tpm ?? Infinity) <= (one.tpm ?? Infinity),
          ),
      )
      .map(({ id }) => `rate ${id}`),
    ...before.firewall
      .filter(
        (one) =>
          !after.firewall.some(
            (other) =>
              other.pattern === one.pattern &&
              firewallActions.indexOf(other.action) <= firewallActions.indexOf(one.action),
          ),
      )
      .map(({ id }) => `rule ${id}`),
    ...(before.listen.host === '127.0.0.1' && after.listen.host !== '127.0.0.1' ? ['listening'] : []),
    ...(contents.indexOf(after.logging.content) > contents.indexOf(recorded) ? ['logging'] : []),
    ...(after.logging.retention_days > before.logging.retention_days ? ['retention'] : []),
  ];
}

function widened(before: TeamSet, after: TeamSet): unknown[] {
  triples += requests.length;
  return [
    ...requests.filter((asked) => mayDo(after.applied, asked) && !mayDo(before.applied, asked)).slice(0, 3),
    ...maskedLess(before, after),
  ];
}

describe('the laws', { timeout: 3_600_000 }, () => {
  it('allow nothing with a further bundle that was not allowed before', () => {
    fc.assert(
      fc.property(enforcing, enforcing, file, fc.boolean(), (a, b, from, isFirst) => {
        const [one, other] = [named(a, 'one'), named(b, 'other')];
        const before = over(from, [one]);
        const after = over(from, isFirst ? [other, one] : [one, other]);
        expect([...widened(before, after), ...limitedLess(before.applied, after.applied)]).toEqual([]);
      }),
      { numRuns: runs * 2 },
    );
    if (runs > 60) console.info(`${triples} triples of bundle, bundle and request`);
  });

  it('hold whatever the user writes', () => {
    fc.assert(
      fc.property(enforcing, answered, file, (a, b, from) => {
        const bundles = [named(a, 'one'), named(b, 'other')];
        const floor = over(
          emptyFile,
          bundles.map((one) => without(one, 'defaults')),
        );
        const edited = over(from, bundles);
        expect(widened(floor, edited)).toEqual([]);
        const enforced = floor.applied.provenance.filter(
          ({ mode, pointer }) => mode === 'enforced' && /^\/(?:logging|app)/.test(pointer),
        );
        for (const { pointer } of enforced) {
          const [now] = edited.applied.provenance.filter((one) => one.pointer === pointer);
          expect(now?.mode === 'enforced' || now?.others.length).toBeTruthy();
        }
      }),
      { numRuns: runs },
    );
  });

  it('come to the same in whichever order bundles were followed, and of the same one twice', () => {
    // Of these the first of a name counts.
    const ordered = { routes: undefined, pricing: undefined, templates: undefined, clients: undefined };
    const commuting = sections.map(({ providers, models, ...rest }) => ({
      ...{ ...rest, ...ordered },
      providers: providers === undefined ? undefined : { allow: providers.allow, deny: providers.deny },
      models: models === undefined ? undefined : { ...models, aliases: undefined },
    }));
    fc.assert(
      fc.property(commuting, commuting, file, (a, b, from) => {
        const ofTerm = { expires_at: '2027-02-18T00:00:00Z' };
        const one = bundleOf({ id: 'one', enforced: a, more: ofTerm });
        const other = bundleOf({ id: 'other', enforced: b, more: ofTerm });
        const hash = (...bundles: readonly LayeredBundle[]): string => over(from, bundles).applied.policy.hash;
        expect(hash(one, other)).toBe(hash(other, one));
        expect(hash(one, named(one, 'again'))).toBe(hash(one));
      }),
      { numRuns: runs },
    );
  });

  it('let a suggestion loosen nothing that is enforced, and change nothing that the user wrote', () => {
    fc.assert(
      fc.property(enforcing, sections, file, (a, defaults, from) => {
        const suggesting = bundleOf({ id: 'other', defaults });
        const alone = over(from, [named(a, 'one')]);
        const both = over(from, [named(a, 'one'), suggesting]);
        expect(requests.filter((asked) => mayDo(both.applied, asked) && !mayDo(alone.applied, asked))).toEqual([]);
        const own = from.config;
        const only = over(from, [suggesting]).applied.config;
        const scalars = [
          ['logging', 'content'],
          ['logging', 'retention_days'],
          ['models', 'allow'],
          ['models', 'deny'],
          ['tools', 'allow'],
          ['models', 'max_output_tokens'],
          ['masking', 'enabled'],
          ['masking', 'restore'],
          ['masking', 'answers'],
          ['masking', 'on_failure'],
        ] as const;
        for (const [section, name] of scalars) {
          if (!from.document.hasIn([section, name])) continue;
          const at = (config: object): unknown => (config as Record<string, Record<string, unknown>>)[section]?.[name];
          expect([section, name, at(only)]).toEqual([section, name, at(own)]);
        }
        expect(
          own.budgets.filter(
            (one) =>
              !only.budgets.some((other) => JSON.stringify({ ...other, action: one.action }) === JSON.stringify(one)),
          ),
        ).toEqual([]);
        expect(only.firewall).toEqual(expect.arrayContaining(own.firewall));
      }),
      { numRuns: runs },
    );
  });

  it('leave a good config good', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(bundle, { maxLength: 3 }), file, async (bundles, from) => {
        const alone = await run(over(from, []));
        fc.pre(alone.problems.length === 0);
        const set = over(
          from,
          bundles.map((one, index) => named(one, `bundle-${index}`)),
        );
        const { problems, snapshot } = await run(set);
        expect(problems).toEqual([]);
        expect(snapshot).toBeDefined();
      }),
      { numRuns: runs },
    );
  });

  it('explain every value that is in force', () => {
    fc.assert(
      fc.property(fc.array(bundle, { maxLength: 3 }), file, (bundles, from) => {
        const { applied } = over(
          from,
          bundles.map((one, index) => named(one, `bundle-${index}`)),
        );
        const { config } = applied;
        const told = (prefix: string): number =>
          applied.provenance.filter(({ pointer }) => pointer.startsWith(prefix)).length;
        expect(told('/budgets/')).toBeGreaterThanOrEqual(config.budgets.length);
        expect(told('/rate_limits/')).toBe(config.rate_limits.length);
        expect(told('/firewall/')).toBe(config.firewall.length);
        expect(told('/providers/define/')).toBe(config.providers.length);
        expect(told('/routes/') + told('/models/aliases/')).toBeGreaterThanOrEqual(config.routes.length);
        for (const entry of applied.provenance) {
          expect(entry.mode === 'app' ? entry.origin : entry.origin?.length).toBe(
            entry.mode === 'app' ? null : entry.origin?.length,
          );
          expect(entry.bundle === null).toBe(entry.mode === 'app' || entry.mode === 'user');
        }
      }),
      { numRuns: runs },
    );
  });
});

describe('a small world, all of it', () => {
  it('has no two bundles that allow together what one of them forbids', () => {
    const lists = [undefined, [], ['p/*'], ['*/m1'], ['*']];
    const denied = [undefined, ['p/*'], ['*/m1']];
    const ids = [undefined, ['p'], ['q']];
    const all = lists.flatMap((allow) =>
      denied.flatMap((deny) =>
        ids.map((providers) =>
          bundleOf({
            enforced: { models: { allow, deny }, providers: { allow: providers } },
            more: { expires_at: '2027-02-18T00:00:00Z' },
          }),
        ),
      ),
    );
    const own = { config: emptyFile.config, isWritten: () => false, origin: () => 'sluice.yaml, line 1' };
    const asked = requests.filter(
      ({ input, tool, region }) => input === 50 && tool === undefined && region === undefined,
    );
    /** Which of the requests, as a row of 0 and 1. */
    const allowed = (bundles: readonly LayeredBundle[]): string => {
      const applied = createTeamLayer(bundles).apply(own);
      return asked.map((one) => (mayDo(applied, one) ? '1' : '0')).join('');
    };
    const alone = all.map((one) => allowed([one]));
    for (const [index, one] of all.entries()) {
      for (const [at, other] of all.entries()) {
        if (at < index) continue;
        const both = allowed([named(one, 'one'), named(other, 'other')]);
        const either = [...(alone[index] ?? '')].map((mine, column) => (mine === '1' ? alone[at]?.[column] : '0'));
        if (both !== either.join('')) expect([index, at, both]).toEqual([index, at, either.join('')]);
      }
    }
    expect(alone).toHaveLength(45);
  });
});
