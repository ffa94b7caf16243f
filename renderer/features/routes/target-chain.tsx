/** The targets of a route in their order, each with how it does. */
import { ArrowRight, CircleCheck, CirclePause, CircleX, Clock } from 'lucide-react';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { useLive } from '../../state/live.ts';
import { useText } from '../../text/text.ts';
import { conditionText } from './condition-words.ts';
import { nameOf, weightOf, whenOf, type WrittenRoute, type WrittenTarget } from './draft.ts';
import { stateLabels, targetHealth, type TargetState } from './models.ts';

/** Strategies that try their targets as listed. */
const inOrder = new Set(['fallback', 'single', 'conditional']);

export function TargetChain({ route }: { readonly route: WrittenRoute }): ReactNode {
  const { t, percent } = useText();
  const strategy = route.strategy ?? 'fallback';
  const sum = route.targets.reduce((total, target) => total + weightOf(target), 0);
  return (
    <ol className="routes-chain" aria-label={t('routes.targets')}>
      {route.targets.map((target, index) => (
        <li key={index}>
          {index > 0 && inOrder.has(strategy) && <ArrowRight size={14} aria-hidden className="routes-arrow" />}
          <Target
            target={target}
            share={strategy === 'weighted' && sum > 0 ? percent(weightOf(target) / sum) : undefined}
          />
        </li>
      ))}
    </ol>
  );
}

function Target({ target, share }: { readonly target: WrittenTarget; readonly share: string | undefined }): ReactNode {
  const text = useText();
  const name = nameOf(target);
  const when = whenOf(target);
  return (
    <span className="routes-target">
      <HealthMark target={name} />
      <TargetName name={name} />
      {share !== undefined && <span className="muted small">{share}</span>}
      {when !== undefined && (
        <span className="muted small">{text.t('routes.if', { condition: conditionText(when, text) })}</span>
      )}
    </span>
  );
}

/** A model leads to what was asked of it, an alias to its route. */
function TargetName({ name }: { readonly name: string }): ReactNode {
  const { t } = useText();
  if (name === '@requested') return <span>{t('routes.requested')}</span>;
  if (name.includes('*') || name.includes('@')) return <span className="wrap-anywhere">{name}</span>;
  const href = name.includes('/')
    ? `/activity?model=${encodeURIComponent(name)}`
    : `/routes?route=${encodeURIComponent(name)}`;
  return (
    <Link href={href} className="routes-target-link wrap-anywhere">
      {name}
    </Link>
  );
}

const marks = {
  ok: { icon: CircleCheck, tone: 'ok' },
  resting: { icon: CirclePause, tone: 'warning' },
  limited: { icon: Clock, tone: 'warning' },
  refused: { icon: CircleX, tone: 'error' },
} as const satisfies Partial<Record<TargetState, unknown>>;

/** Nothing where nothing is known; a word as well where something is wrong. */
export function HealthMark({ target }: { readonly target: string }): ReactNode {
  const { t } = useText();
  const health = useLive((state) => state.snapshot?.status.health);
  const { state, why } = targetHealth(target, health ?? []);
  if (state === 'unknown') return null;
  const { icon: Icon, tone } = marks[state];
  const label = t(stateLabels[state]);
  return (
    <span className={`routes-health ${tone}`} title={why === null ? label : `${label}: ${why}`}>
      <Icon size={13} aria-hidden />
      <span className={state === 'ok' ? 'visually-hidden' : 'small'}>{label}</span>
    </span>
  );
}
