/** What team bundles say of a provider: that it is theirs, with the secret that is its key, or that nobody may ask it. */
import { fitsGlob, isOfTeam, useTeamValues, type TeamEntry, type TeamValues } from '../../state/team.ts';

export interface Definition {
  readonly entry: TeamEntry;
  /** In the box of secrets; `undefined` of one that needs no key. */
  readonly secret: string | undefined;
}

/** `undefined` of one's own. */
export function useDefinition(id: string): Definition | undefined {
  const entry = useTeamValues().of(`/providers/define/${id}`);
  return entry === undefined ? undefined : { entry, secret: secretOf(entry) };
}

/** Keys of slots are kept under the id of the bundle, so that no other bundle has them. */
export function secretOf({ bundle, value }: Pick<TeamEntry, 'bundle' | 'value'>): string | undefined {
  const { auth } = value as { readonly auth?: { readonly slot: string } };
  const [id = ''] = bundle.split('@');
  return auth === undefined ? undefined : `${id}.${auth.slot}`;
}

export function useDenial(id: string): TeamEntry | undefined {
  return denialOf(id, useTeamValues());
}

/** The rule of a bundle by which nobody here may ask a provider. */
export function denialOf(id: string, { said }: Pick<TeamValues, 'said'>): TeamEntry | undefined {
  const names = ({ value }: TeamEntry): boolean =>
    Array.isArray(value) && value.some((glob) => typeof glob === 'string' && fitsGlob(glob, id));
  const enforced = (pointer: string): readonly TeamEntry[] =>
    said(pointer)
      .filter(isOfTeam)
      .filter(({ mode }) => mode === 'enforced');
  return enforced('/providers/deny').find(names) ?? enforced('/providers/allow').find((entry) => !names(entry));
}
