/** Settings that are checked in full and not acted on by this version: the one table of them, and the warnings it gives. */
import type { Config } from '../../shared/config/config.ts';
import type { ConfigPath, Findings } from './problems.ts';

interface Unenforced {
  readonly what: string;
  /** Places in this config where the setting asks for something. */
  readonly where: (config: Config) => readonly ConfigPath[];
}

const when = (holds: boolean, ...path: ConfigPath): ConfigPath[] => (holds ? [path] : []);

const table: readonly Unenforced[] = [
  {
    what: 'a ledger other than sqlite',
    where: (config) => when(!config.store.ledger.startsWith('sqlite:'), 'store', 'ledger'),
  },
  {
    what: 'counters outside memory',
    where: (config) => when(!config.store.counters.startsWith('memory:'), 'store', 'counters'),
  },
];

export function warnOfUnenforced(config: Config, findings: Findings): void {
  for (const { what, where } of table) {
    for (const path of where(config))
      findings.warning(path, `${what}: accepted but not enforced by this version`, '', 'key');
  }
}
