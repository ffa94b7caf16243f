/** The columns of what holds: what, its value, who says so, why and where, and what the config file says instead. */
import { Lock } from 'lucide-react';
import { useMemo, type ReactNode } from 'react';
import type { ProvenanceEntry } from '../../../shared/contract/bundles.ts';
import { useText } from '../../text/text.ts';
import { Badge, type Tone } from '../../ui/controls.tsx';
import { printable } from '../../ui/copy.tsx';
import type { Column } from '../../ui/table.tsx';
import { whereText } from '../../ui/team-value.ts';
import { originPlace, placeName, reasonText, shownValue } from './team-words.ts';

const whoTones: Readonly<Record<ProvenanceEntry['mode'], Tone>> = {
  enforced: 'warning',
  default: 'mask',
  user: 'accent',
  app: 'plain',
};

export function WhoBadge({ mode }: Pick<ProvenanceEntry, 'mode'>): ReactNode {
  const { t } = useText();
  return (
    <Badge tone={whoTones[mode]} icon={mode === 'enforced' ? <Lock size={11} aria-hidden /> : undefined}>
      {t(`team.who.${mode}`)}
    </Badge>
  );
}

/** The last one is there when something of the file does not hold. */
export function useEntryColumns(
  entries: readonly ProvenanceEntry[],
  onOpen: (entry: ProvenanceEntry) => void,
): readonly Column<ProvenanceEntry>[] {
  const text = useText();
  const hasYours = entries.some(({ yours }) => yours !== undefined);
  return useMemo<readonly Column<ProvenanceEntry>[]>(() => {
    const { t } = text;
    const yours: Column<ProvenanceEntry> = {
      id: 'yours',
      header: t('team.column.yours'),
      cell: (entry) => <Cell text={entry.yours === undefined ? '—' : shownValue(entry.yours, text, entry.pointer)} />,
    };
    return [
      {
        id: 'place',
        header: t('team.column.place'),
        sortBy: ({ pointer }) => placeName(pointer, t),
        cell: (entry) => (
          <button
            type="button"
            className="team-open"
            title={printable(entry.pointer)}
            onClick={() => {
              onOpen(entry);
            }}
          >
            {placeName(entry.pointer, t)}
          </button>
        ),
      },
      {
        id: 'value',
        header: t('team.column.value'),
        cell: ({ value, pointer }) => <Cell text={shownValue(value, text, pointer)} />,
      },
      { id: 'who', header: t('team.column.who'), sortBy: ({ mode }) => mode, cell: (entry) => <WhoBadge {...entry} /> },
      {
        id: 'origin',
        header: t('team.column.origin'),
        sortBy: ({ origin }) => origin,
        cell: ({ origin }) => <Cell text={origin === null ? '—' : printable(originPlace(whereText(origin, t)))} />,
      },
      ...(hasYours ? [yours] : []),
      {
        id: 'reason',
        header: t('team.column.reason'),
        cell: ({ reason }) => <Cell text={reason === null ? '—' : reasonText(reason, t)} />,
      },
    ];
  }, [text, hasYours, onOpen]);
}

function Cell({ text }: { readonly text: string }): ReactNode {
  return (
    <bdi className="team-cell" title={text}>
      {text}
    </bdi>
  );
}
