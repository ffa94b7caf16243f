/** Where a value comes from: You, the team's bundle, or nobody (UX-02). */
import { Lock } from 'lucide-react';
import type { ReactNode } from 'react';
import type { OriginEntry } from '../../shared/contract/config.ts';
import { useText, type Text } from '../text/text.ts';
import { Badge } from './controls.tsx';

/** `undefined`: a default. */
export function Origin({ origin }: { readonly origin: OriginEntry | undefined }): ReactNode {
  const { t } = useText();
  if (origin === undefined || origin.source === 'default') return <Badge>{t('origin.default')}</Badge>;
  const title = origin.locked
    ? t('origin.locked', { reason: origin.reason ?? '' })
    : origin.where === null
      ? undefined
      : whereText(origin.where, t);
  return (
    <Badge
      tone={origin.source === 'you' ? 'accent' : 'warning'}
      title={title}
      icon={origin.locked ? <Lock size={11} aria-hidden /> : undefined}
    >
      {t(origin.source === 'you' ? 'origin.you' : 'origin.team')}
    </Badge>
  );
}

/** `sluice.yaml, line 12`, as the instance says it, in the language of the reader. */
export function whereText(where: string, t: Text['t']): string {
  const [, file, line] = /^(.*), line (\d+)$/.exec(where) ?? [];
  return file === undefined || line === undefined ? where : t('origin.line', { file, line });
}
