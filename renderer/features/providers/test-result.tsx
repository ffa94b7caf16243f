/** What came of a test call: it works, how fast, what it cost; or what went wrong and what mends it. */
import { CircleCheck, CircleQuestionMark, CircleX, TriangleAlert, X } from 'lucide-react';
import { useId, useState, type ReactNode } from 'react';
import { Link } from 'wouter';
import type { ModelEntry } from '../../../shared/contract/models.ts';
import type { ProviderEntry, TestOutcome } from '../../../shared/contract/providers.ts';
import type { CallError } from '../../../shared/contract/reply.ts';
import { useCall } from '../../bridge/hooks.ts';
import { useText } from '../../text/text.ts';
import { Button, Field, IconButton, Input, Spinner } from '../../ui/controls.tsx';
import type { TestRun, Tests } from './use-tests.ts';

/** To the first byte; a local server may have to load the model first. */
const slowMs = { hosted: 5_000, local: 20_000 };

export interface TestResultProps {
  readonly id: string;
  readonly local: boolean;
  readonly tests: Tests;
  /** It cannot be dismissed. */
  readonly pinned?: boolean;
}

export function TestResult({ id, local, tests, pinned }: TestResultProps): ReactNode {
  const run = tests.runs.get(id);
  return (
    <div className="provider-test-live" role="status">
      {run !== undefined && <TestRunView id={id} local={local} run={run} tests={tests} pinned={pinned === true} />}
    </div>
  );
}

function TestRunView({ id, local, run, tests, pinned }: TestResultProps & { readonly run: TestRun }): ReactNode {
  const { t } = useText();
  if (run.state === 'running')
    return (
      <p className="provider-test row">
        <Spinner label={t('providers.testing')} />
        <span>{t('providers.testing')}</span>
      </p>
    );
  const dismiss = pinned !== true && (
    <IconButton label={t('providers.test.dismiss')} size="small" onClick={() => tests.dismiss(id)}>
      <X size={14} aria-hidden />
    </IconButton>
  );
  if (run.state === 'refused' && run.error.code === 'control.invalid_input')
    return (
      <div className="provider-test">
        <CircleQuestionMark size={16} aria-hidden />
        <p className="grow wrap-anywhere">{run.error.message}</p>
        {dismiss}
        <ModelToTest id={id} needed onTest={(model) => tests.start(id, model)} />
      </div>
    );
  if (run.state === 'refused')
    return (
      <div className="provider-test error">
        <TestProblem error={run.error} requestId={null} />
        {dismiss}
      </div>
    );
  const { outcome } = run;
  if (outcome.error === null && outcome.ok)
    return (
      <div className="provider-test ok">
        <TestFigures outcome={outcome} slow={(outcome.ttfb_ms ?? 0) > slowMs[local ? 'local' : 'hosted']} />
        {dismiss}
      </div>
    );
  return (
    <div className="provider-test error">
      <TestProblem
        error={outcome.error ?? { code: 'internal.bug', message: t('providers.test.failed') }}
        requestId={outcome.request_id}
        model={outcome.model}
      />
      {dismiss}
    </div>
  );
}

function TestFigures({ outcome, slow }: { readonly outcome: TestOutcome; readonly slow: boolean }): ReactNode {
  const { t, duration, money } = useText();
  const { model, usage, cost_usd: cost, ttfb_ms: ttfb, request_id: requestId } = outcome;
  const tokens = usage === null ? undefined : usage.input_tokens + usage.output_tokens;
  const Icon = slow ? TriangleAlert : CircleCheck;
  const facts = [
    <code key="model">{model}</code>,
    duration(ttfb),
    ...(tokens === undefined ? [] : [t('providers.test.tokens', { count: tokens })]),
    cost === null ? t('providers.test.costUnknown') : money(cost),
  ];
  return (
    <>
      <Icon size={16} aria-hidden className={slow ? 'provider-slow' : undefined} />
      <p className="grow wrap-anywhere">
        <strong>{t(slow ? 'providers.test.slow' : 'providers.test.ok')}</strong>
        {facts.map((fact, index) => (
          <span key={index} className="provider-fact">
            {fact}
          </span>
        ))}{' '}
        <RequestLink id={requestId} />
      </p>
    </>
  );
}

function TestProblem({
  error,
  requestId,
  model,
}: {
  readonly error: Pick<CallError, 'code' | 'message'>;
  readonly requestId: string | null;
  readonly model?: string;
}): ReactNode {
  const { t } = useText();
  return (
    <>
      <CircleX size={16} aria-hidden />
      <div className="grow">
        <p>
          <strong>{t('providers.test.failed')}</strong>
          {model !== undefined && (
            <span className="provider-fact">
              <code>{model}</code>
            </span>
          )}
        </p>
        <p className="wrap-anywhere">{error.message}</p>
        <p className="small muted">
          <code>{error.code}</code> <RequestLink id={requestId} />
        </p>
      </div>
    </>
  );
}

function RequestLink({ id }: { readonly id: string | null }): ReactNode {
  const { t } = useText();
  return id === null ? null : <Link href={`/activity?id=${encodeURIComponent(id)}`}>{t('providers.test.open')}</Link>;
}

/** Asks for the model of a test, among those that are known of the provider. */
export function ModelToTest({
  id,
  onTest,
  busy = false,
  needed = false,
}: {
  readonly id: string;
  readonly onTest: (model: string | undefined) => void;
  readonly busy?: boolean;
  /** Which one is the cheapest is not known. */
  readonly needed?: boolean;
}): ReactNode {
  const { t } = useText();
  const [model, setModel] = useState('');
  const options = useId();
  const known = useCall('models.list', {}).data?.models ?? [];
  return (
    <form
      className="provider-test-form"
      onSubmit={(event) => {
        event.preventDefault();
        onTest(model.trim() === '' ? undefined : model.trim());
      }}
    >
      <Field label={t('providers.test.model')} hint={t('providers.test.hint')}>
        {(ids) => (
          <Input
            {...ids}
            list={options}
            value={model}
            required={needed}
            placeholder={needed ? undefined : t('providers.test.cheapest')}
            onChange={(event) => setModel(event.target.value)}
          />
        )}
      </Field>
      <datalist id={options}>
        {chattingOf(id, known).map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
      <Button type="submit" busy={busy}>
        {t('providers.test')}
      </Button>
    </form>
  );
}

/** As many as a list of suggestions is of use. */
const maxSuggested = 500;

function chattingOf(id: ProviderEntry['id'], models: readonly ModelEntry[]): readonly string[] {
  return models
    .filter(({ provider, chat }) => provider === id && chat)
    .slice(0, maxSuggested)
    .map(({ model }) => model);
}
