/** The hash of all that is in force: two machines with the same one have the same rules (BND-36). */
import type { ReactNode } from 'react';
import { useText } from '../../text/text.ts';
import { CopyButton } from '../../ui/copy.tsx';

export function EffectiveHash({ hash }: { readonly hash: string }): ReactNode {
  const { t } = useText();
  if (hash === '') return null;
  return (
    <span className="team-inline small muted" title={t('team.hash.hint')}>
      {t('team.hash')} <code>{hash.slice(0, 12)}</code>
      <CopyButton text={hash} name={t('team.hash.copy')} />
    </span>
  );
}
