/** Where a value comes from: You, the team's bundle, or nobody (UX-02). */
import type { ReactNode } from 'react';
import type { ProvenanceEntry } from '../../shared/contract/bundles.ts';
import type { OriginEntry } from '../../shared/contract/config.ts';
import { useText } from '../text/text.ts';
import { Badge } from './controls.tsx';
import { TeamMark } from './team-mark.tsx';
import { entryOfOrigin, whereText } from './team-value.ts';

export interface OriginProps {
  /** `undefined`: a default. */
  readonly origin: OriginEntry | undefined;
  /** What a bundle says of the value, where that is known: all that its mark tells. */
  readonly told?: ProvenanceEntry | undefined;
  /** What the value is called, for those who do not see where the mark stands. */
  readonly name?: string | undefined;
}

export function Origin({ origin, told, name }: OriginProps): ReactNode {
  const { t } = useText();
  if (told !== undefined) return <TeamMark entry={told} name={name} />;
  if (origin === undefined || origin.source === 'default') return <Badge>{t('origin.default')}</Badge>;
  if (origin.source === 'team') return <TeamMark entry={entryOfOrigin(origin)} name={name} />;
  return (
    <Badge tone="accent" title={origin.where === null ? undefined : whereText(origin.where, t)}>
      {t('origin.you')}
    </Badge>
  );
}
