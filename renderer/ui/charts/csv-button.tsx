/** The button that writes a table into a file; where a team forbids that, the mark of the rule in its place. */
import { Download } from 'lucide-react';
import { createContext, useContext, type ReactNode } from 'react';
import type { ProvenanceEntry } from '../../../shared/contract/bundles.ts';
import { useText } from '../../text/text.ts';
import { IconButton } from '../controls.tsx';
import { TeamMark } from '../team-mark.tsx';

/** Who forbids it, for all tables of a page. */
export const ExportRule = createContext<ProvenanceEntry | undefined>(undefined);

export function CsvButton({ onSave }: { readonly onSave: () => void }): ReactNode {
  const { t } = useText();
  const rule = useContext(ExportRule);
  if (rule !== undefined) return <TeamMark entry={rule} name={t('usage.csv')} />;
  return (
    <IconButton label={t('usage.csv')} size="small" onClick={onSave}>
      <Download size={14} aria-hidden />
    </IconButton>
  );
}
