/** The parts of the editor below targets and condition: what happens on failure, and what few routes need. */
import type { ReactNode } from 'react';
import { useText } from '../../text/text.ts';
import { Checkbox, Field, Input, Select } from '../../ui/controls.tsx';
import { wholeNumber } from './condition-fields.ts';
import {
  breakWays,
  fallbackReasons,
  reasonsOf,
  withField,
  withReason,
  type Hedge,
  type WrittenRoute,
} from './draft.ts';
import { ruleText } from './route-words.ts';

export interface PartProps {
  readonly route: WrittenRoute;
  readonly onChange: (route: WrittenRoute) => void;
  /** By what stands behind the route: `alias`, `hedge.after`. */
  readonly problemAt: (path: string) => string | undefined;
}

export function FailurePart({ route, onChange, problemAt }: PartProps): ReactNode {
  const text = useText();
  const { t } = text;
  const reasons = reasonsOf(route);
  const rules = reasons.filter((reason) => typeof reason !== 'string');
  const problem = problemAt('fallbacks');
  return (
    <>
      <fieldset className="routes-fieldset">
        <legend>{t('routes.editor.fallback')}</legend>
        {fallbackReasons.map((reason) => (
          <Checkbox
            key={reason}
            label={t(`routes.reason.${reason}.long`)}
            checked={reasons.includes(reason)}
            onChange={({ target }) => onChange(withReason(route, reason, target.checked))}
          />
        ))}
        {rules.length > 0 && (
          <p className="muted small">
            {t('routes.editor.rules')}{' '}
            {new Intl.ListFormat(text.locale).format(rules.map((rule) => ruleText(rule, text)))}
          </p>
        )}
        {problem !== undefined && (
          <span className="routes-problem small" role="alert">
            {problem}
          </span>
        )}
      </fieldset>
      <Field
        label={t('routes.editor.onBreak')}
        hint={t(`routes.break.${route.on_break ?? 'fail'}.hint`)}
        problem={problemAt('on_break')}
      >
        {(ids) => (
          <Select
            {...ids}
            value={route.on_break ?? 'fail'}
            choices={breakWays.map((value) => ({ value, label: t(`routes.break.${value}`) }))}
            onChange={(value) => onChange(withField(route, 'on_break', value === 'fail' ? undefined : value))}
          />
        )}
      </Field>
      <Field
        label={t('routes.editor.attempts')}
        hint={t('routes.editor.attempts.hint')}
        problem={problemAt('max_attempts')}
      >
        {(ids) => (
          <Input
            {...ids}
            className="routes-short"
            inputMode="numeric"
            value={route.max_attempts ?? ''}
            onChange={({ target }) => onChange(withField(route, 'max_attempts', wholeNumber(target.value)))}
          />
        )}
      </Field>
    </>
  );
}

export function MorePart(props: PartProps): ReactNode {
  const { t } = useText();
  const { route, onChange, problemAt } = props;
  return (
    <details className="routes-more" open={route.hedge !== undefined || route.cache !== undefined}>
      <summary>{t('routes.editor.more')}</summary>
      <div className="stack">
        <Checkbox
          label={t('routes.editor.session')}
          checked={route.session_affinity?.scope !== 'none'}
          onChange={({ target }) =>
            onChange(withField(route, 'session_affinity', target.checked ? undefined : { scope: 'none' }))
          }
        />
        <HedgePart {...props} />
        <CachePart {...props} />
        <Field label={t('routes.editor.id')} hint={t('routes.editor.id.hint')} problem={problemAt('id')}>
          {(ids) => (
            <Input
              {...ids}
              value={route.id ?? ''}
              placeholder={route.alias}
              onChange={({ target }) =>
                onChange(withField(route, 'id', target.value === '' ? undefined : target.value))
              }
            />
          )}
        </Field>
      </div>
    </details>
  );
}

const percentiles = ['p50', 'p95', 'p99'];

function HedgePart({ route, onChange, problemAt }: PartProps): ReactNode {
  const { t } = useText();
  const { hedge } = route;
  const set = (next: Hedge | undefined): void => onChange(withField(route, 'hedge', next));
  const after = typeof hedge?.after === 'number' ? 'ms' : (hedge?.after ?? 'p95');
  return (
    <div className="stack tight">
      <Checkbox
        label={t('routes.editor.hedge')}
        checked={hedge !== undefined}
        onChange={({ target }) => set(target.checked ? { after: 'p95' } : undefined)}
      />
      {hedge !== undefined && (
        <div className="row wrap routes-indent">
          <Select
            value={after}
            aria-label={t('routes.editor.hedge.after')}
            choices={[...percentiles, 'ms'].map((value) => ({
              value,
              label:
                value === 'ms' ? t('routes.editor.hedge.ms') : t('routes.editor.hedge.percentile', { name: value }),
            }))}
            onChange={(value) => set({ ...hedge, after: value === 'ms' ? 2_000 : value })}
          />
          {typeof hedge.after === 'number' && (
            <Input
              className="routes-short"
              inputMode="numeric"
              aria-label={t('routes.editor.hedge.ms')}
              value={hedge.after}
              onChange={({ target }) => set({ ...hedge, after: wholeNumber(target.value) ?? 0 })}
            />
          )}
          <label className="row small">
            <span>{t('routes.editor.hedge.cost')}</span>
            <Input
              className="routes-short"
              inputMode="decimal"
              value={hedge.max_extra_cost_usd ?? ''}
              onChange={({ target }) =>
                set({ ...hedge, max_extra_cost_usd: target.value === '' ? undefined : target.value })
              }
            />
          </label>
        </div>
      )}
      <PartProblem text={problemAt('hedge')} />
    </div>
  );
}

function CachePart({ route, onChange, problemAt }: PartProps): ReactNode {
  const { t } = useText();
  const { cache } = route;
  return (
    <div className="stack tight">
      <Checkbox
        label={t('routes.editor.cache')}
        checked={cache !== undefined}
        onChange={({ target }) => onChange(withField(route, 'cache', target.checked ? { mode: 'exact' } : undefined))}
      />
      {cache !== undefined && (
        <div className="row wrap routes-indent">
          <label className="row small">
            <span>{t('routes.editor.cache.ttl')}</span>
            <Input
              className="routes-short"
              inputMode="numeric"
              value={cache.ttl_s ?? ''}
              placeholder="3600"
              onChange={({ target }) =>
                onChange(withField(route, 'cache', { ...cache, ttl_s: wholeNumber(target.value) }))
              }
            />
          </label>
          <label className="row small">
            <span>{t('routes.editor.cache.size')}</span>
            <Input
              className="routes-short"
              inputMode="numeric"
              value={cache.max_size_mb ?? ''}
              placeholder="64"
              onChange={({ target }) =>
                onChange(withField(route, 'cache', { ...cache, max_size_mb: wholeNumber(target.value) }))
              }
            />
          </label>
          <Checkbox
            label={t('routes.editor.cache.only')}
            checked={cache.only === 'deterministic'}
            onChange={({ target }) =>
              onChange(withField(route, 'cache', { ...cache, only: target.checked ? 'deterministic' : undefined }))
            }
          />
        </div>
      )}
      <PartProblem text={problemAt('cache')} />
    </div>
  );
}

function PartProblem({ text }: { readonly text: string | undefined }): ReactNode {
  if (text === undefined) return null;
  return (
    <span className="routes-problem small" role="alert">
      {text}
    </span>
  );
}
