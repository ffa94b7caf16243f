/** One value that is in force, in full: what it is, who says so, where, why, whom to ask, and what it displaced. */
import type { ReactNode } from 'react';
import type { ProvenanceEntry } from '../../../shared/contract/bundles.ts';
import { useText } from '../../text/text.ts';
import { CodeBlock, printable } from '../../ui/copy.tsx';
import { Facts } from '../../ui/layout.tsx';
import { Dialog } from '../../ui/overlay.tsx';
import { whereText } from '../../ui/team-value.ts';
import { WhoBadge } from './team-columns.tsx';
import { Contact, Said } from './team-said.tsx';
import { originPlace, placeName, reasonText, shownValue } from './team-words.ts';

export function TeamEntry({
  entry,
  onClose,
}: {
  readonly entry: ProvenanceEntry;
  readonly onClose: () => void;
}): ReactNode {
  const text = useText();
  const { t } = text;
  const { pointer, value, mode, origin, reason, ref, contact, yours, others } = entry;
  return (
    <Dialog open shape="sheet" title={placeName(pointer, t)} onClose={onClose}>
      <Facts
        facts={[
          [t('team.column.who'), <WhoBadge mode={mode} />],
          [t('team.column.place'), <code className="wrap-anywhere">{printable(pointer)}</code>],
          [t('team.column.origin'), origin === null ? '—' : printable(originPlace(whereText(origin, t)))],
          [t('team.column.reason'), reason === null ? '—' : <Said text={reasonText(reason, t)} />],
          ...(ref === null ? [] : [[t('team.ref'), <Said key="ref" text={ref} />] as const]),
          ...(contact === null ? [] : [[t('team.contact'), <Contact key="contact" contact={contact} />] as const]),
          ...(yours === undefined
            ? []
            : [[t('team.column.yours'), <Said key="yours" text={shownValue(yours, text, pointer)} />] as const]),
          ...(others.length === 0
            ? []
            : [
                [
                  t('team.others'),
                  <Said key="others" text={others.map((one) => whereText(one, t)).join(', ')} />,
                ] as const,
              ]),
        ]}
      />
      <h3>{t('team.column.value')}</h3>
      <CodeBlock label={t('team.column.value')} text={JSON.stringify(value, null, 2) ?? '—'} wrapped limit={20_000} />
    </Dialog>
  );
}
