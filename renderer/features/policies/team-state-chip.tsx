/** The state of a bundle: by shape, word and colour, with what it means and why. */
import { Ban, CircleCheck, CircleDashed, CircleSlash, Hand, TriangleAlert, type LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import type { BundleCard } from '../../../shared/contract/bundles.ts';
import { useText } from '../../text/text.ts';
import { Badge, type Tone } from '../../ui/controls.tsx';
import { errorHeadline, errorMend, toldReason } from '../../ui/bundle-words.ts';
import { stateMarks, type StateMark } from './team-state.ts';

const marks: Readonly<Record<StateMark, { readonly icon: LucideIcon; readonly tone: Tone }>> = {
  ok: { icon: CircleCheck, tone: 'ok' },
  wait: { icon: CircleDashed, tone: 'plain' },
  off: { icon: CircleSlash, tone: 'plain' },
  ask: { icon: Hand, tone: 'warning' },
  warning: { icon: TriangleAlert, tone: 'warning' },
  error: { icon: Ban, tone: 'error' },
};

export function StateChip({ state }: Pick<BundleCard, 'state'>): ReactNode {
  const { t } = useText();
  const { icon: Icon, tone } = marks[stateMarks[state]];
  return (
    <Badge tone={tone} icon={<Icon size={12} aria-hidden />} title={t(`team.state.${state}.text`)}>
      {t(`team.state.${state}`)}
    </Badge>
  );
}

/** What it means for people here, and the instance's own words for why. What waits for them is told where they decide. */
export function StateText({ card }: { readonly card: BundleCard }): ReactNode {
  const text = useText();
  const { t } = text;
  const { state, state_reason: reason, error } = card;
  if (state === 'needs_consent' || (state === 'active' && reason === null)) return null;
  const told = toldReason(card, text);
  const problem = error !== null && error.message === reason ? error : undefined;
  const mend = problem === undefined ? undefined : errorMend(problem);
  return (
    <div className={`team-state ${stateMarks[state]}`}>
      <p>
        {problem !== undefined && <strong>{t(errorHeadline(problem))}. </strong>}
        {t(`team.state.${state}.text`)}
      </p>
      {mend !== undefined && <p>{t(mend)}</p>}
      {told.text !== null && state !== 'waiting' && <p className="small wrap-anywhere">{told.text}</p>}
      {told.original?.split('\n').map((line, index) => (
        <p key={index} className="small wrap-anywhere" lang="en">
          {line}
        </p>
      ))}
    </div>
  );
}
