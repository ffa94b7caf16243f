/** Commands that every page has: going places, looks, pausing, profiles. */
import { useMemo } from 'react';
import { toast } from 'sonner';
import { useLocation } from 'wouter';
import type { PauseMode } from '../shared/contract/app.ts';
import { useAction } from './bridge/hooks.ts';
import { pages } from './pages.ts';
import { useCommands, type Command } from './state/commands.ts';
import { useLive } from './state/live.ts';
import { openPalette, openShortcuts } from './state/overlays.ts';
import { usePreferences } from './state/preferences.ts';
import { useTeamCommands } from './team-commands.ts';
import { useText } from './text/text.ts';
import { copyText } from './ui/copy.tsx';

export function useShellCommands(): void {
  const { t } = useText();
  const [, navigate] = useLocation();
  const pausing = usePauseCommands();
  const profiles = useProfileCommands();
  const team = useTeamCommands();
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
    const action = actionIn(t('palette.actions'));
    return [
      ...go,
      action('palette', t('shortcuts.palette'), openPalette, { shortcut: 'Mod+k', hidden: true }),
      action('shortcuts', t('shortcuts.open'), openShortcuts, { shortcut: '?' }),
      ...pausing,
      ...profiles,
      ...team,
      ...(url === undefined ? [] : [action('copy.url', t('action.copyUrl'), () => void copyText(url))]),
      action('theme.light', t('action.theme.light'), () => set({ theme: 'light' })),
      action('theme.dark', t('action.theme.dark'), () => set({ theme: 'dark' })),
      action('theme.system', t('action.theme.system'), () => set({ theme: 'system' })),
      action('density', t('action.density'), () =>
        set({ density: usePreferences.getState().density === 'compact' ? 'comfortable' : 'compact' }),
      ),
    ];
  }, [t, navigate, pausing, profiles, team, url]);
  useCommands(commands);
}

type MakeAction = (id: string, label: string, run: () => void, more?: Partial<Command>) => Command;

function actionIn(group: string): MakeAction {
  return (id, label, run, more = {}) => ({ ...{ id, label, group, run }, ...more });
}

const onError = ({ message }: Error): void => void toast.error(message);

/** Both ways to pause, as far as they can be had, or going on. */
function usePauseCommands(): readonly Command[] {
  const { t } = useText();
  const { mutate: pause } = useAction('app.pause');
  const { mutate: resume } = useAction('app.resume');
  const isPaused = useLive((state) => (state.snapshot?.status.paused ?? null) !== null);
  const mayPass = useLive((state) => (state.snapshot?.status.pass_through_refused ?? null) === null);
  return useMemo(() => {
    const action = actionIn(t('palette.actions'));
    if (isPaused) return [action('resume', t('action.resume'), () => resume({}))];
    const begin = (minutes: number | null, mode: PauseMode) => () => pause({ minutes, mode }, { onError });
    const passing = [
      action('pass.15', t('action.pass15'), begin(15, 'pass_through')),
      action('pass.60', t('action.pass60'), begin(60, 'pass_through')),
      action('pass', t('action.pass'), begin(null, 'pass_through')),
    ];
    return [
      action('pause.15', t('action.pause15'), begin(15, 'block')),
      action('pause.60', t('action.pause60'), begin(60, 'block')),
      action('pause', t('action.pause'), begin(null, 'block')),
      ...(mayPass ? passing : []),
    ];
  }, [t, pause, resume, isPaused, mayPass]);
}

/** Every profile that is not in force. */
function useProfileCommands(): readonly Command[] {
  const { t } = useText();
  const { mutate: choose } = useAction('profiles.choose');
  const profiles = useLive((state) => state.snapshot?.profiles);
  const inForce = useLive((state) => state.snapshot?.profile ?? null);
  return useMemo(() => {
    const action = actionIn(t('palette.actions'));
    const others = (profiles ?? [])
      .filter(({ id }) => id !== inForce)
      .map(({ id, name }) =>
        action(`profile.${id}`, t('action.profile', { name }), () => choose({ profile: id }, { onError }), {
          words: id,
        }),
      );
    const none = action('no-profile', t('action.profile.none'), () => choose({ profile: null }, { onError }));
    return inForce === null ? others : [...others, none];
  }, [t, choose, profiles, inForce]);
}
