/** Checks of `virtual_keys`: each has a secret of its own, and what it names is there. */
import type { Config } from '../../shared/config/config.ts';
import { checkOrigins, checkReference, checkUnique } from './entry-checks.ts';
import { ownKeyId } from './keys.ts';
import { checkOwnPolicies } from './policy-checks.ts';
import { nearestName, type ConfigPath, type Findings } from './problems.ts';

/** `now` in milliseconds since 1970: what has expired is worth a word. */
export function checkVirtualKeys(config: Config, now: number, findings: Findings): void {
  checkUnique(config.virtual_keys, ['virtual_keys'], 'id', findings);
  const owners = new Map<string, string>();
  const checkSecret = (value: string, id: string, at: ConfigPath): void => {
    checkReference(value, at, findings, true);
    const other = owners.get(value.toLowerCase());
    if (other !== undefined) {
      const problem = other === id ? `"${id}" has this secret twice` : `"${id}" has the same key as "${other}"`;
      const mend = other === id ? 'Remove one of them' : 'Give each its own: sluice keys create --name NAME';
      findings.problem(at, problem, mend);
    }
    owners.set(value.toLowerCase(), id);
  };
  for (const [index, key] of config.virtual_keys.entries()) {
    const path = ['virtual_keys', index];
    if (key.id === ownKeyId) {
      const problem = `"${ownKeyId}" is the key that Sluice itself uses for what it asks`;
      findings.problem([...path, 'id'], problem, 'Choose another id');
    }
    checkSecret(key.value, key.id, [...path, 'value']);
    for (const [at, previous] of key.previous.entries())
      checkSecret(previous.value, key.id, [...path, 'previous', at, 'value']);
    checkOwnPolicies(key, path, config, findings);
    checkOrigins(key.allowed_origins, [...path, 'allowed_origins'], findings);
    checkTeam(key.metadata['team'], config, [...path, 'metadata', 'team'], findings);
    if (key.expires_at !== undefined && Date.parse(key.expires_at) <= now) {
      findings.warning([...path, 'expires_at'], `key "${key.id}" has expired`, 'Remove the key or set a later moment');
    }
  }
}

/** Where no team is written, the name is a label and nothing else. */
function checkTeam(team: string | undefined, { teams }: Config, path: ConfigPath, findings: Findings): void {
  if (team === undefined || teams.length === 0 || teams.some(({ id }) => id === team)) return;
  const near = nearestName(
    team,
    teams.map(({ id }) => id),
  );
  const mend = near === undefined ? 'Add it under teams, for its rules to hold' : `Did you mean ${near}?`;
  findings.warning(path, `there is no team "${team}"`, mend);
}
