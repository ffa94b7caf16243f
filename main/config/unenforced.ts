/** Settings that are checked in full and not acted on by this version: the one table of them, and the warnings it gives. */
import type { Config } from '../../shared/config/config.ts';
import type { ConfigPath, Findings } from './problems.ts';

interface Unenforced {
  readonly what: string;
  /** Places in this config where the setting asks for something. */
  readonly where: (config: Config) => readonly ConfigPath[];
}

const when = (holds: boolean, ...path: ConfigPath): ConfigPath[] => (holds ? [path] : []);

/** Places of `name` in the entries of a list that ask for it. */
function entries<T>(list: readonly T[], section: string, name: string, asks: (entry: T) => boolean): ConfigPath[] {
  return list.flatMap((entry, index) => when(asks(entry), section, index, name));
}

const table: readonly Unenforced[] = [
  { what: 'masking', where: (config) => when(config.masking.enabled, 'masking') },
  { what: 'firewall', where: (config) => when(config.firewall.length > 0, 'firewall') },
  { what: 'budgets', where: (config) => when(config.budgets.length > 0, 'budgets') },
  { what: 'rate_limits', where: (config) => when(config.rate_limits.length > 0, 'rate_limits') },
  { what: 'policy_bundles', where: (config) => when(config.policy_bundles.length > 0, 'policy_bundles') },
  { what: 'pricing', where: (config) => when(config.pricing.length > 0, 'pricing') },
  {
    what: 'budgets of a virtual key',
    where: (config) => entries(config.virtual_keys, 'virtual_keys', 'budgets', (key) => key.budgets.length > 0),
  },
  {
    what: 'rate_limits of a virtual key',
    where: (config) =>
      entries(config.virtual_keys, 'virtual_keys', 'rate_limits', (key) => key.rate_limits !== undefined),
  },
  {
    what: 'conditions on targets',
    where: (config) =>
      config.routes.flatMap((route, index) =>
        route.targets.flatMap((target, at) =>
          when(typeof target !== 'string' && target.when !== undefined, 'routes', index, 'targets', at, 'when'),
        ),
      ),
  },
  {
    what: 'on_break other than fail',
    where: (config) => entries(config.routes, 'routes', 'on_break', (route) => route.on_break !== 'fail'),
  },
  {
    what: 'session_affinity',
    where: (config) =>
      entries(config.routes, 'routes', 'session_affinity', (route) => route.session_affinity?.scope === 'session'),
  },
  { what: 'hedge', where: (config) => entries(config.routes, 'routes', 'hedge', (route) => route.hedge !== undefined) },
  { what: 'cache', where: (config) => entries(config.routes, 'routes', 'cache', (route) => route.cache !== undefined) },
  {
    what: 'objective',
    where: (config) => entries(config.routes, 'routes', 'objective', (route) => route.objective !== undefined),
  },
  {
    what: 'a fallback rule of status and body',
    where: (config) =>
      config.routes.flatMap((route, index) =>
        route.fallbacks.on.flatMap((rule, at) =>
          when(typeof rule !== 'string', 'routes', index, 'fallbacks', 'on', at),
        ),
      ),
  },
  {
    what: 'pricing of a model',
    where: (config) =>
      config.providers.flatMap((provider, index) =>
        provider.models.flatMap((model, at) =>
          when(typeof model !== 'string' && model.pricing !== undefined, 'providers', index, 'models', at, 'pricing'),
        ),
      ),
  },
  {
    what: 'recording content',
    where: (config) =>
      when(config.logging.content === 'redacted' || config.logging.content === 'full', 'logging', 'content'),
  },
  {
    what: 'a ledger other than sqlite',
    where: (config) => when(!config.store.ledger.startsWith('sqlite:'), 'store', 'ledger'),
  },
  {
    what: 'counters outside memory',
    where: (config) => when(!config.store.counters.startsWith('memory:'), 'store', 'counters'),
  },
  {
    what: 'telemetry.otlp_endpoint',
    where: (config) => when(config.telemetry.otlp_endpoint !== null, 'telemetry', 'otlp_endpoint'),
  },
];

export function warnOfUnenforced(config: Config, findings: Findings): void {
  for (const { what, where } of table) {
    for (const path of where(config))
      findings.warning(path, `${what}: accepted but not enforced by this version`, '', 'key');
  }
}
