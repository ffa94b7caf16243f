/** What in a config names a provider, and would mean nothing or something else without it. */
import type { Config } from '../../shared/config/config.ts';
import { expandTarget } from './route-target.ts';

/** For people: `route "smart"`, `the price of "openai/gpt-5"`. Each once. */
export function usesOfProvider(config: Config, id: string): readonly string[] {
  const ofProfiles = config.profiles.flatMap((profile) => {
    const { routes, firewall, budgets, masking, use_model } = profile;
    const uses = usesIn({ routes, firewall, budgets, masking, use_model, pricing: [], rate_limits: [] }, id);
    return uses.map((use) => `${use} of profile "${profile.id}"`);
  });
  return [...new Set([...usesIn(config, id), ...ofProfiles])];
}

type Rules = Pick<Config, 'routes' | 'firewall' | 'pricing' | 'budgets' | 'rate_limits'> & {
  readonly masking: Config['masking'] | undefined;
  readonly use_model?: string | null | undefined;
};

function usesIn(rules: Rules, id: string): readonly string[] {
  const prefix = `${id}/`;
  const { routes, firewall, pricing, budgets, rate_limits, masking, use_model } = rules;
  const limited = [...budgets, ...rate_limits].filter(
    ({ scope, match = '' }) =>
      (scope === 'provider' && match === id) || (scope === 'model' && match.startsWith(prefix)),
  );
  const masked =
    masking?.exclude.providers.includes(id) === true ||
    masking?.overrides.some(({ providers }) => providers.includes(id)) === true;
  return [
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
  ];
}
