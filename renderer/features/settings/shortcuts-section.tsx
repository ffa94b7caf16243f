/** Every shortcut there is at this moment; those of other pages are there while they are open. */
import { useMemo } from 'react';
import { allCommands, useCommandState } from '../../state/commands.ts';
import { shortcutText } from '../../state/shortcut-text.ts';
import { useText } from '../../text/text.ts';
import { Kbd } from '../../ui/controls.tsx';
import type { SettingSection } from './rows.ts';

export function useShortcutsSection(): SettingSection {
  const { t } = useText();
  const sets = useCommandState((state) => state.sets);
  const commands = useMemo(() => allCommands({ sets }), [sets]);
  return {
    id: 'shortcuts',
    title: t('settings.shortcuts'),
    text: t('settings.shortcuts.text'),
    rows: commands
      .filter(({ shortcut }) => shortcut !== undefined)
      .map(({ id, label, group, shortcut = '' }) => ({
        id: `shortcut.${id}`,
        label,
        words: `${group} ${shortcut}`,
        content: <Kbd>{shortcutText(shortcut)}</Kbd>,
      })),
  };
}
