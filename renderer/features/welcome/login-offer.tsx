/** Whether Sluice starts with the session: asked once, in the first minutes, where there is a desktop that can (UX-60). */
import type { ReactNode } from 'react';
import { toast } from 'sonner';
import { useAction, useCall } from '../../bridge/hooks.ts';
import { useLive } from '../../state/live.ts';
import { useText } from '../../text/text.ts';
import { Switch } from '../../ui/controls.tsx';

export function LoginOffer(): ReactNode {
  const { t } = useText();
  const isDesktop = useLive((state) => state.snapshot?.host.kind === 'desktop');
  const { data } = useCall('desktop.state', {}, { enabled: isDesktop });
  const set = useAction('desktop.set', ['desktop.state']);
  if (data?.login.supported !== true) return null;
  return (
    <div className="row">
      <Switch
        label={t('welcome.done.login')}
        checked={data.login.opens}
        waiting={set.isPending}
        onChange={(opens) =>
          set.mutate({ open_at_login: opens }, { onError: ({ message }) => void toast.error(message) })
        }
      />
      <span>{t('welcome.done.login')}</span>
    </div>
  );
}
