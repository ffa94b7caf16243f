/** Changes as people read them: whether each forbids more or allows more is told by shape, word and colour. */
import { ArrowRight, ShieldMinus, ShieldPlus, type LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import type { BundleChange } from '../../../shared/contract/bundles.ts';
import { useText } from '../../text/text.ts';
import { Badge, type Tone } from '../../ui/controls.tsx';
import { changeText } from './team-words.ts';

const marks: Readonly<Record<BundleChange['effect'], { readonly icon: LucideIcon; readonly tone: Tone }>> = {
  tightens: { icon: ShieldPlus, tone: 'accent' },
  loosens: { icon: ShieldMinus, tone: 'error' },
  neutral: { icon: ArrowRight, tone: 'plain' },
};

/** More are a scroll of their own. */
const mostDrawn = 400;

export function ChangeList({ changes }: { readonly changes: readonly BundleChange[] }): ReactNode {
  const text = useText();
  return (
    <ul className="team-changes">
      {changes.slice(0, mostDrawn).map((change, index) => (
        <li key={index}>
          <EffectBadge effect={change.effect} />
          <span className="wrap-anywhere">{changeText(change, text)}</span>
        </li>
      ))}
      {changes.length > mostDrawn && (
        <li className="muted small">{text.t('team.changes.more', { count: changes.length - mostDrawn })}</li>
      )}
    </ul>
  );
}

function EffectBadge({ effect }: Pick<BundleChange, 'effect'>): ReactNode {
  const { t } = useText();
  const { icon: Icon, tone } = marks[effect];
  return (
    <Badge tone={tone} icon={<Icon size={12} aria-hidden />}>
      {t(`team.effect.${effect}`)}
    </Badge>
  );
}

/** `9 tighter · 1 looser · 4 other`, of what there is. */
export function EffectCounts({ changes }: { readonly changes: readonly BundleChange[] }): ReactNode {
  const { t } = useText();
  return (
    <span className="row wrap">
      {(['tightens', 'loosens', 'neutral'] as const).map((effect) => {
        const count = changes.filter((change) => change.effect === effect).length;
        const { icon: Icon, tone } = marks[effect];
        if (count === 0) return null;
        return (
          <Badge key={effect} tone={tone} icon={<Icon size={12} aria-hidden />}>
            {t(`team.effects.${effect}`, { count })}
          </Badge>
        );
      })}
    </span>
  );
}

/** What was, and what would be, side by side. */
export function BeforeAfter({
  before,
  after,
}: {
  readonly before: string | undefined;
  readonly after: string;
}): ReactNode {
  const { t } = useText();
  return (
    <dl className="team-before">
      {before !== undefined && (
        <div>
          <dt>{t('team.before')}</dt>
          <dd className="wrap-anywhere">{before}</dd>
        </div>
      )}
      <div>
        <dt>{t(before === undefined ? 'team.new' : 'team.after')}</dt>
        <dd className="wrap-anywhere">{after}</dd>
      </div>
    </dl>
  );
}
