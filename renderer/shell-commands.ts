/** Commands that every page has: going places, looks, pausing. */
import { useMemo } from 'react';
import { useLocation } from 'wouter';
import { useAction } from './bridge/hooks.ts';
import { pages } from './pages.ts';
import { useCommands, type Command } from './state/commands.ts';
import { useLive } from './state/live.ts';
import { openPalette, openShortcuts } from './state/overlays.ts';
import { usePreferences } from './state/preferences.ts';
import { useText } from './text/text.ts';
import { copyText } from './ui/copy.tsx';

export function useShellCommands(): void {
  const { t } = useText();
  const [, navigate] = useLocation();
  const { mutate: pause } = useAction('app.pause');
  const { mutate: resume } = useAction('app.resume');
  const isPaused = useLive((state) => (state.snapshot?.status.paused ?? null) !== null);
  const url = useLive((state) => state.snapshot?.status.gateway.urls[0]);
  const commands = useMemo((): readonly Command[] => {
    const set = usePreferences.getState().set;
    const go: Command[] = pages.map(({ path, label, shortcut }) => ({
      id: `go.${path}`,
      label: t(label),
      group: t('palette.pages'),
      shortcut: `g ${shortcut}`,
      run: () => navigate(path),
    }));
    const action = (id: string, label: string, run: () => void, more: Partial<Command> = {}): Command => ({
      ...{ id, label, group: t('palette.actions'), run },
      ...more,
    });
    const pausing = isPaused
      ? [action('resume', t('action.resume'), () => resume({}))]
      : [
          action('pause.15', t('action.pause15'), () => pause({ minutes: 15 })),
          action('pause.60', t('action.pause60'), () => pause({ minutes: 60 })),
          action('pause', t('action.pause'), () => pause({ minutes: null })),
        ];
    return [
      ...go,
      action('palette', t('shortcuts.palette'), openPalette, { shortcut: 'Mod+k', hidden: true }),
      action('shortcuts', t('shortcuts.open'), openShortcuts, { shortcut: '?' }),
      ...pausing,
      ...(url === undefined ? [] : [action('copy.url', t('action.copyUrl'), () => void copyText(url))]),
      action('theme.light', t('action.theme.light'), () => set({ theme: 'light' })),
      action('theme.dark', t('action.theme.dark'), () => set({ theme: 'dark' })),
      action('theme.system', t('action.theme.system'), () => set({ theme: 'system' })),
      action('density', t('action.density'), () =>
        set({ density: usePreferences.getState().density === 'compact' ? 'comfortable' : 'compact' }),
      ),
    ];
  }, [t, navigate, pause, resume, isPaused, url]);
  useCommands(commands);
}
