/** Providers that a bundle defines and that wait for consent: who asks for one is told so, and not that nobody knows it. */
import type { BundleSections } from '../../../shared/bundle/sections.ts';
import type { AwaitedProvider } from '../../gateway/ports.ts';
import { expandTarget } from '../../config/route-target.ts';
import type { LayeredBundle } from '../types.ts';
import { nameOf, stepsOf } from './parts.ts';

/** Of what nobody vouches for only what is suggested counts, and so only that can wait. */
export function awaitedIn(bundles: readonly LayeredBundle[]): readonly AwaitedProvider[] {
  return bundles.flatMap(({ bundle, held, defaultsOnly }) => {
    const { enforced, defaults } = bundle.payload;
    return [...held].flatMap(([pointer, value]): AwaitedProvider[] => {
      const [section, providers, define, provider, ...rest] = stepsOf(pointer);
      if (value !== undefined || providers !== 'providers' || define !== 'define') return [];
      if (provider === undefined || rest.length > 0 || (defaultsOnly && section === 'enforced')) return [];
      const aliases = [enforced, defaults].flatMap((says) => aliasesTo(provider, says));
      const origin = `team bundle ${nameOf(bundle)}, line ${bundle.lineOf(pointer)}`;
      return [{ provider, aliases: [...new Set(aliases)], origin }];
    });
  });
}

function aliasesTo(provider: string, says: BundleSections | undefined): readonly string[] {
  const routes = (says?.routes ?? []).filter(({ targets }) =>
    targets.some((target) => providerOf(target) === provider),
  );
  const short = Object.entries(says?.models?.aliases ?? {}).filter(([, target]) => target.startsWith(`${provider}/`));
  return [...routes.map(({ alias }) => alias), ...short.map(([alias]) => alias)];
}

function providerOf(written: Parameters<typeof expandTarget>[0]): string | undefined {
  const target = expandTarget(written);
  return target.kind === 'model' ? target.provider : undefined;
}
