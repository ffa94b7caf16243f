/** What can be chosen in the popover's lists, as its selects take it: an empty value stands for none. */
import type { NamedChoice, ModelChoices } from '../../../shared/contract/standing-text.ts';
import type { AppSnapshot } from '../../../shared/contract/snapshot.ts';
import type { Text } from '../../text/text.ts';
import type { Choice } from '../../ui/controls.tsx';

/** Stands for no choice: the rules decide, no profile is in force. */
export const none = '';

const choiceOf = ({ id, label }: NamedChoice): Choice<string> => ({ value: id, label });

/** Favourites before aliases, each once; what is chosen is always among them. */
export function modelList(
  { chosen, favourites, aliases }: ModelChoices,
  { t }: Pick<Text, 't'>,
): readonly Choice<string>[] {
  const all = [...favourites, ...aliases];
  const isListed = chosen === null || all.some(({ id }) => id === chosen.id);
  const listed = all.filter(({ id }, index) => all.findIndex((other) => other.id === id) === index);
  return [
    { value: none, label: t('tray.model.auto') },
    ...(isListed ? [] : [choiceOf(chosen)]),
    ...listed.map(choiceOf),
  ];
}

export function profileList(
  { profiles }: Pick<AppSnapshot, 'profiles'>,
  { t }: Pick<Text, 't'>,
): readonly Choice<string>[] {
  return [
    { value: none, label: t('tray.profile.none') },
    ...profiles.map(({ id, name }) => ({ value: id, label: name })),
  ];
}

/** How the bar of a budget is coloured. */
export function toneOf(share: number): 'ok' | 'warning' | 'error' {
  return share >= 1 ? 'error' : share >= 0.8 ? 'warning' : 'ok';
}
