/** The desktop app's own settings, as the system has them: what is shown is what it answered, never what was wished. */
import type { UseMutationResult } from '@tanstack/react-query';
import { toast } from 'sonner';
import type { DesktopPreferencesChange, DesktopState } from '../../../shared/contract/desktop.ts';
import { useAction, useCall, type CallFailure } from '../../bridge/hooks.ts';
import { useLive } from '../../state/live.ts';

export interface Desktop {
  /** `undefined` in a browser, and before it answered. */
  readonly state: DesktopState | undefined;
  /** Which field is being changed. */
  readonly changing: keyof DesktopPreferencesChange | undefined;
  readonly change: (change: DesktopPreferencesChange) => void;
}

export function useDesktop(): Desktop {
  const isDesktop = useLive((state) => state.snapshot?.host.kind === 'desktop');
  const { data } = useCall('desktop.state', {}, { enabled: isDesktop });
  const action: UseMutationResult<DesktopState, CallFailure, DesktopPreferencesChange> = useAction('desktop.set', [
    'desktop.state',
  ]);
  const [changing] = action.isPending ? (Object.keys(action.variables) as (keyof DesktopPreferencesChange)[]) : [];
  return {
    state: isDesktop ? data : undefined,
    changing,
    change(change) {
      action.mutate(change, { onError: ({ message }) => void toast.error(message) });
    },
  };
}
