/** The gateway listens already, and says where (UX-10). */
import type { ReactNode } from 'react';
import { useLive } from '../../state/live.ts';
import { useText } from '../../text/text.ts';
import { Button } from '../../ui/controls.tsx';
import { CopyButton } from '../../ui/copy.tsx';
import { StatusMark } from '../../ui/status.tsx';
import { isThisComputer } from './reach.ts';
import { StepFrame } from './step-frame.tsx';

export function StepRunning({ onNext }: { readonly onNext: () => void }): ReactNode {
  const { t } = useText();
  const urls = useLive((state) => state.snapshot?.status.gateway.urls) ?? [];
  const [url] = urls;
  return (
    <StepFrame
      title={t('welcome.running.title')}
      actions={
        <Button variant="primary" onClick={onNext}>
          {t('welcome.running.next')}
        </Button>
      }
    >
      <div className="welcome-address">
        {url === undefined ? (
          <StatusMark state="stopped" label={t('welcome.running.notListening')} />
        ) : (
          <>
            <code className="wrap-anywhere">{url}</code>
            <span className="muted">
              · {t(urls.every(isThisComputer) ? 'welcome.running.here' : 'welcome.running.wide')}
            </span>
            <CopyButton text={url} name={t('action.copyUrl')} />
          </>
        )}
      </div>
      <ul className="welcome-lines">
        <li>{t('welcome.running.line1')}</li>
        <li>{t('welcome.running.line2')}</li>
        <li>{t('welcome.running.line3')}</li>
      </ul>
    </StepFrame>
  );
}
