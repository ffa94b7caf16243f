/** Says which request the prompt comes from, what of it could not be taken over, and takes it back. */
import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { useText } from '../../text/text.ts';
import { Button, IconButton } from '../../ui/controls.tsx';
import { Banner } from '../../ui/layout.tsx';
import { lossText } from './problem.ts';
import { usePlayground } from './store.ts';

export function OriginBanner(): ReactNode {
  const text = useText();
  const { t } = text;
  const origin = usePlayground((state) => state.origin);
  if (origin === undefined) return null;
  const { requestId, losses, before } = origin;
  return (
    <Banner
      tone={losses.length === 0 ? 'info' : 'warning'}
      actions={
        <>
          <Button size="small" onClick={() => usePlayground.setState({ ...before, origin: undefined })}>
            {t('common.undo')}
          </Button>
          <IconButton
            label={t('common.close')}
            size="small"
            onClick={() => usePlayground.setState({ origin: undefined })}
          >
            <X size={14} aria-hidden />
          </IconButton>
        </>
      }
    >
      {t('playground.from')}{' '}
      <Link href={`/activity?id=${encodeURIComponent(requestId)}`}>
        <code>{requestId}</code>
      </Link>
      {losses.length > 0 && (
        <ul className="playground-losses">
          {losses.map((loss) => (
            <li key={loss.what}>{lossText(text, loss)}</li>
          ))}
        </ul>
      )}
    </Banner>
  );
}
