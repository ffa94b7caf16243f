/** What in a config names a provider, and would mean nothing or something else without it. */
import type { Config } from '../../shared/config/config.ts';
import { expandTarget } from './route-target.ts';

/** For people: `route "smart"`, `the price of "openai/gpt-5"`. Each once. */
export function usesOfProvider(config: Config, id: string): readonly string[] {
  const prefix = `${id}/`;
  const { routes, firewall, pricing, budgets, rate_limits, masking, use_model } = config;
  const limited = [...budgets, ...rate_limits].filter(
    ({ scope, match = '' }) =>
      (scope === 'provider' && match === id) || (scope === 'model' && match.startsWith(prefix)),
  );
  const masked =
    masking.exclude.providers.includes(id) || masking.overrides.some(({ providers }) => providers.includes(id));
  return [
    ...new Set([
      ...routes.flatMap(({ alias, targets }) =>
        targets.map(expandTarget).some((target) => target.kind === 'model' && target.provider === id)
          ? [`route "${alias}"`]
          : [],
      ),
      ...(use_model?.startsWith(prefix) === true ? ['the model that is chosen for everything'] : []),
      ...firewall.flatMap((rule) => (rule.judge?.startsWith(prefix) === true ? [`firewall rule "${rule.id}"`] : [])),
      ...pricing.flatMap(({ model }) => (model.startsWith(prefix) ? [`the price of "${model}"`] : [])),
      ...limited.map((limit) => `limit "${limit.id}"`),
      ...(masked ? ['masking'] : []),
    ]),
  ];
}
