/** A real call to each provider that was taken over, its cost told (UX-12). */
import { CircleCheck, CircleDashed, CircleX } from 'lucide-react';
import { useCallback, useState, type ReactNode } from 'react';
import { Link } from 'wouter';
import { useLive } from '../../state/live.ts';
import { useText, type MessageKey } from '../../text/text.ts';
import { Button, Input, Spinner } from '../../ui/controls.tsx';
import type { Check } from './progress.ts';
import { StepFrame } from './step-frame.tsx';
import { useChecks } from './use-checks.ts';
import type { ProgressControl } from './use-progress.ts';

export function StepCheck({
  progress: { imported, checks },
  change,
  onNext,
}: ProgressControl & { readonly onNext: () => void }): ReactNode {
  const { t } = useText();
  const onCheck = useCallback(
    (id: string, check: Check | undefined) =>
      change((before) => {
        const { [id]: _before, ...others } = before.checks;
        return { checks: check === undefined ? others : { ...others, [id]: check } };
      }),
    [change],
  );
  const { running, isDone, retry } = useChecks(imported, checks, onCheck);
  const worked = imported.filter((id) => checks[id]?.ok === true).length;
  return (
    <StepFrame
      title={t('welcome.check.title')}
      text={t(imported.length === 0 ? 'welcome.check.none' : 'welcome.check.text')}
      actions={
        isDone ? (
          <Button variant="primary" onClick={onNext}>
            {t('welcome.continue')}
          </Button>
        ) : (
          <Button variant="quiet" onClick={onNext}>
            {t('welcome.skipStep')}
          </Button>
        )
      }
    >
      <ul className="welcome-list" aria-busy={!isDone}>
        {imported.map((id) => (
          <CheckRow
            key={id}
            id={id}
            check={checks[id]}
            isRunning={running === id}
            onRetry={(model) => retry(id, model)}
          />
        ))}
      </ul>
      <p className="visually-hidden" role="status">
        {isDone && imported.length > 0 ? t('welcome.check.done', { worked, total: imported.length }) : ''}
      </p>
    </StepFrame>
  );
}

interface CheckRowProps {
  readonly id: string;
  readonly check: Check | undefined;
  readonly isRunning: boolean;
  readonly onRetry: (model?: string) => void;
}

function CheckRow({ id, check, isRunning, onRetry }: CheckRowProps): ReactNode {
  const { t, money } = useText();
  const provider = useLive((state) => state.snapshot?.providers.find((one) => one.id === id));
  // A kind says less than the name where somebody gave one: `OpenAI-compatible (jan)`.
  const label = provider === undefined ? id : provider.kind === id ? provider.label : `${provider.label} (${id})`;
  return (
    <li className="welcome-check">
      <CheckMark check={check} running={isRunning ? t('welcome.check.running', { name: label }) : undefined} />
      <div className="grow">
        <p>
          <strong>{label}</strong> <span className="muted">{t(wordOf(check, isRunning))}</span>
        </p>
        {check?.model !== undefined && check.model !== null && (
          <p className="small muted wrap-anywhere">
            <code>{check.model}</code> · {check.cost === null ? t('welcome.check.costUnknown') : money(check.cost)}
          </p>
        )}
        {check !== undefined && !check.ok && !check.needsModel && (
          <p className="welcome-problem wrap-anywhere">{check.message ?? t('welcome.check.noWord')}</p>
        )}
      </div>
      {check?.needsModel === true && <AskModel name={label} onModel={onRetry} />}
      {check !== undefined && !check.ok && !check.needsModel && (
        <span className="row wrap">
          <Button size="small" onClick={() => onRetry()} aria-label={t('welcome.check.retry', { name: label })}>
            {t('common.retry')}
          </Button>
          <Link className="button small" href={`/models?tab=providers&provider=${encodeURIComponent(id)}`}>
            {t('welcome.check.mend')}
          </Link>
        </span>
      )}
    </li>
  );
}

function wordOf(check: Check | undefined, isRunning: boolean): MessageKey {
  if (check === undefined) return isRunning ? 'welcome.check.asking' : 'welcome.check.waiting';
  if (check.needsModel) return 'welcome.check.whichModel';
  return check.ok ? 'welcome.check.works' : 'welcome.check.fails';
}

function CheckMark({
  check,
  running,
}: {
  readonly check: Check | undefined;
  /** What is said while it is asked. */
  readonly running: string | undefined;
}): ReactNode {
  if (running !== undefined) return <Spinner label={running} />;
  if (check === undefined || check.needsModel) return <CircleDashed size={17} aria-hidden />;
  return check.ok ? (
    <CircleCheck size={17} className="welcome-ok" aria-hidden />
  ) : (
    <CircleX size={17} className="welcome-bad" aria-hidden />
  );
}

/** A local server whose models nobody listed. */
function AskModel({ name, onModel }: { readonly name: string; readonly onModel: (model: string) => void }): ReactNode {
  const { t } = useText();
  const [model, setModel] = useState('');
  const trimmed = model.trim();
  return (
    <form
      className="row wrap"
      onSubmit={(event) => {
        event.preventDefault();
        if (trimmed !== '') onModel(trimmed);
      }}
    >
      <Input
        aria-label={t('welcome.check.modelOf', { name })}
        placeholder={t('welcome.check.model')}
        value={model}
        maxLength={512}
        onChange={(event) => setModel(event.target.value)}
      />
      <Button type="submit" disabled={trimmed === ''}>
        {t('welcome.check.ask')}
      </Button>
    </form>
  );
}
