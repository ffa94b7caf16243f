/** The keys of Activity, offered to the palette and the sheet of shortcuts. */
import { useEffect, useMemo, useRef } from 'react';
import { useCommands, type Command } from '../../state/commands.ts';
import { useText } from '../../text/text.ts';
import type { SetParams } from './filters.ts';
import { tabIds, tabLabels } from './inspector.tsx';
import type { Navigation } from './navigation.ts';
import type { ExchangeActions } from './use-actions.ts';

export interface ActivityCommandOptions {
  readonly nav: Navigation;
  readonly searchRef: { readonly current: HTMLInputElement | null };
  /** `undefined`: no exchange is open. */
  readonly actions: ExchangeActions | undefined;
  readonly set: SetParams | undefined;
}

export function useActivityCommands({ nav, searchRef, actions, set }: ActivityCommandOptions): void {
  const { t } = useText();
  const now = useRef(actions);
  useEffect(() => {
    now.current = actions;
  }, [actions]);
  const isOpen = actions !== undefined;
  const commands = useMemo((): readonly Command[] => {
    const group = t('page.activity');
    const key = (id: string, label: string, shortcut: string, run: () => void): Command => ({
      ...{ id: `traffic.${id}`, label, group, shortcut, run, hidden: true },
    });
    const shown = (id: string, label: string, shortcut: string, run: () => void): Command => ({
      ...{ id: `traffic.${id}`, label, group, shortcut, run },
    });
    const moving = [
      key('next', t('traffic.key.next'), 'j', () => nav.move(1)),
      key('previous', t('traffic.key.previous'), 'k', () => nav.move(-1)),
      // The list itself listens to these; here they are only told of.
      key('arrows', t('traffic.key.arrows'), '↑ ↓', () => undefined),
      key('open', t('traffic.key.open'), '↵', nav.openCursor),
      key('close', t('traffic.key.close'), 'Escape', nav.close),
      shown('search', t('traffic.key.search'), '/', () => searchRef.current?.focus()),
    ];
    if (!isOpen || set === undefined) return moving;
    return [
      ...moving,
      shown('replay', t('traffic.replay'), 'r', () => now.current?.replay()),
      shown('curl', t('traffic.key.curl'), 'c', () => now.current?.copy('curl')),
      shown('playground', t('traffic.playground'), 'p', () => now.current?.playground()),
      ...tabIds.map((tab, index) =>
        key(`tab.${tab}`, t('traffic.key.tab', { tab: t(tabLabels[tab]) }), String(index + 1), () =>
          set({ tab: tab === 'summary' ? undefined : tab }),
        ),
      ),
    ];
  }, [t, nav, searchRef, isOpen, set]);
  useCommands(commands);
}
