/** Which rule of a team bundle refused an exchange, if one did. */
import type { ExchangeEntry } from '../../../shared/contract/traffic.ts';
import { isOfTeam, ruleOfTeam, type NamedRule, type TeamEntry, type TeamValues } from '../../state/team.ts';

export interface TeamRefusalFound extends NamedRule {
  /** `undefined`: it is not in force any more. */
  readonly entry: TeamEntry | undefined;
}

type Values = Pick<TeamValues, 'of' | 'below' | 'said'>;

/** Rules that are told of by their id alone, by the error they end with. */
const sections: Readonly<Record<string, string>> = {
  'admit.firewall_blocked': '/firewall',
  'admit.justification_required': '/firewall',
  'admit.budget_exhausted': '/budgets',
  'admit.rate_limited': '/rate_limits',
};

/** `undefined`: no bundle had to do with it. */
export function teamRefusal(
  { error, rule }: Pick<ExchangeEntry, 'error' | 'rule'>,
  team: Values,
): TeamRefusalFound | undefined {
  if (rule === null || error === null) return undefined;
  const named = ruleOfTeam(rule);
  if (named !== undefined) return { ...named, entry: entryOf(named, team) };
  const section = Object.hasOwn(sections, error) ? sections[error] : undefined;
  const entry = section === undefined ? undefined : team.of(`${section}/${rule}`);
  return entry === undefined ? undefined : { entry, bundle: entry.bundle, pointer: entry.pointer };
}

/** What the bundle says there now, or the first it says below: rules may name a whole section. */
export function entryOf({ bundle, pointer }: NamedRule, { said, below }: Values): TeamEntry | undefined {
  const isSame = (entry: TeamEntry): boolean => idOf(entry.bundle) === idOf(bundle);
  return said(pointer).filter(isOfTeam).find(isSame) ?? below(pointer).find(isSame);
}

/** Without its version: what refused may be a newer one by now. */
function idOf(bundle: string): string {
  return bundle.split('@')[0] ?? bundle;
}
