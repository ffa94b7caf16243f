/** Entries as the instance gives them, for tests. */
import type { ProvenanceEntry } from '../../../../shared/contract/bundles.ts';
import { isOfTeam, type TeamEntry } from '../../../../renderer/state/team.ts';

export function entry(pointer: string, value: unknown, more: Partial<ProvenanceEntry> = {}): ProvenanceEntry {
  return {
    ...{ pointer, value, mode: 'enforced', bundle: 'acme-core@12', origin: 'team bundle acme-core@12, line 58' },
    ...{ line: 58, reason: null, ref: null, contact: null, others: [], ...more },
  };
}

export const ofUser = { mode: 'user', bundle: null, origin: 'sluice.yaml, line 4', line: 4 } as const;
export const ofApp = { mode: 'app', bundle: null, origin: null, line: null } as const;

export function teamEntry(pointer: string, value: unknown, more: Partial<ProvenanceEntry> = {}): TeamEntry {
  const made = entry(pointer, value, more);
  if (!isOfTeam(made)) throw new Error(`${pointer} is of no bundle`);
  return made;
}
