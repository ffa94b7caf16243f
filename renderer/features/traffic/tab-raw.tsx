/** The entry as the ledger has it, and the provider's own words on its usage. */
import type { ReactNode } from 'react';
import { useText } from '../../text/text.ts';
import { CodeBlock } from '../../ui/copy.tsx';
import { readable } from './bodies.ts';
import type { SaidProps } from './tab-said.tsx';

export function RawTab({ entry, whole }: SaidProps): ReactNode {
  const { t } = useText();
  return (
    <>
      <h3>{t('traffic.raw.entry')}</h3>
      <CodeBlock text={JSON.stringify(entry, null, 2)} label={t('traffic.raw.entry')} />
      <h3>{t('traffic.raw.usage')}</h3>
      {whole === undefined || whole.raw_usage === null ? (
        <p className="muted">{t('traffic.raw.noUsage')}</p>
      ) : (
        <CodeBlock text={readable(whole.raw_usage)} label={t('traffic.raw.usage')} />
      )}
    </>
  );
}
