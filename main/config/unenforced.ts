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
