/** What programs are pointed at us with, into the clipboard; what holds a key only a desktop can copy. */
import { useEffect, type ReactNode } from 'react';
import type { CopyKind } from '../../../shared/contract/desktop.ts';
import type { AppSnapshot } from '../../../shared/contract/snapshot.ts';
import { useAction } from '../../bridge/hooks.ts';
import { useText, type MessageKey } from '../../text/text.ts';
import { Button } from '../../ui/controls.tsx';
import { CopyButton } from '../../ui/copy.tsx';

const kinds: readonly (readonly [CopyKind, MessageKey, title: MessageKey])[] = [
  ['base_url', 'tray.copy.baseUrl', 'tray.copy.baseUrl'],
  ['openai_env', 'popover.openai', 'tray.copy.openai'],
  ['anthropic_env', 'popover.anthropic', 'tray.copy.anthropic'],
  ['key', 'popover.key', 'tray.copy.key'],
];
const toldForMs = 4_000;

export function CopyButtons({ snapshot }: { readonly snapshot: AppSnapshot }): ReactNode {
  const { t } = useText();
  const [url] = snapshot.status.gateway.urls;
  if (url === undefined) return null;
  return (
    <section className="popover-copy" aria-label={t('tray.copy')}>
      {snapshot.host.kind === 'desktop' ? <DesktopCopy /> : <CopyButton text={url} label={t('tray.copy.baseUrl')} />}
    </section>
  );
}

function DesktopCopy(): ReactNode {
  const { t } = useText();
  const copy = useAction('desktop.copy');
  const { isSuccess, data, submittedAt, reset } = copy;
  useEffect(() => {
    if (!isSuccess) return;
    const timer = setTimeout(reset, toldForMs);
    return () => clearTimeout(timer);
  }, [isSuccess, submittedAt, reset]);
  const seconds = data?.cleared_after_s ?? null;
  const words = seconds === null ? t('popover.copied') : t('popover.forgotten', { seconds });
  return (
    <>
      <p className="small muted" role="status">
        {isSuccess ? words : t('tray.copy')}
      </p>
      <div className="popover-kinds">
        {kinds.map(([what, label, title]) => (
          <Button
            key={what}
            size="small"
            title={t(title)}
            aria-label={t(title)}
            waiting={copy.isPending}
            onClick={() => copy.mutate({ what })}
          >
            {t(label)}
          </Button>
        ))}
      </div>
      {copy.error !== null && (
        <p className="small popover-problem" role="alert">
          {copy.error.message}
        </p>
      )}
    </>
  );
}
