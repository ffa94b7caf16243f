/** German: what the instance says in English, of programs and of the config file. */
import type { SaidTable } from '../said.ts';
import { clientsSaidDe } from './said-clients.ts';
import { configSaidDe } from './said-config.ts';

export const saidDe: SaidTable = {
  sentences: { ...clientsSaidDe, ...configSaidDe.sentences },
  forms: [
    // Where a key was found.
    [/^(\w+) in the environment$/, (name) => `${name} in der Umgebung`],
    ...configSaidDe.forms,
  ],
};
