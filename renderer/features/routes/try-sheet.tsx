/** "Try a request": where a request would go and why, without sending it; or why a recorded one went where it went. */
import { useState, type ReactNode } from 'react';
import { Link } from 'wouter';
import type { CallInput, CallOutput } from '../../../shared/contract/contract.ts';
import { useAction, useCall, type CallFailure } from '../../bridge/hooks.ts';
import { useText } from '../../text/text.ts';
import { Badge, Button, Segmented, TextArea, Field } from '../../ui/controls.tsx';
import { Banner } from '../../ui/layout.tsx';
import { Dialog } from '../../ui/overlay.tsx';
import { Loaded } from '../../ui/states.tsx';
import { DecisionView } from './decision.tsx';
import { bodyOf, emptyForm, requestOf, requestOfJson, type RequestForm } from './request-form.ts';
import { TryForm, WhoFields } from './try-form.tsx';

export interface TrySheetProps {
  /** Id of a recorded request; `null`: a request that is made up here. */
  readonly request: string | null;
  readonly model: string;
  readonly onClose: () => void;
}

export function TrySheet({ request, model, onClose }: TrySheetProps): ReactNode {
  const { t } = useText();
  return (
    <Dialog
      open
      shape="sheet"
      onClose={onClose}
      title={request === null ? t('routes.try') : t('routes.explain.title')}
      description={request === null ? t('routes.try.text') : <code>{request}</code>}
    >
      {request === null ? <Simulator model={model} /> : <Explanation request={request} />}
    </Dialog>
  );
}

type Mode = 'form' | 'json';

function Simulator({ model }: { readonly model: string }): ReactNode {
  const { t } = useText();
  const [mode, setMode] = useState<Mode>('form');
  const [form, setForm] = useState<RequestForm>(() => ({ ...emptyForm, model }));
  const [json, setJson] = useState('');
  const [badJson, setBadJson] = useState<string | undefined>();
  const { mutate, data, error, isPending } = useAction('route.simulate');
  const run = (): void => {
    const request = mode === 'form' ? requestOf(form) : parsed(json, form, setBadJson);
    if (request !== undefined) mutate(request);
  };
  return (
    <>
      <form
        className="stack routes-sheet-form"
        onSubmit={(event) => {
          event.preventDefault();
          run();
        }}
      >
        <Segmented
          label={t('routes.try.how')}
          value={mode}
          choices={[
            { value: 'form', label: t('routes.try.form') },
            { value: 'json', label: t('routes.try.json') },
          ]}
          onChange={(next) => {
            if (next === 'json' && json === '') setJson(JSON.stringify(bodyOf({ ...form, tokens: '' }), null, 2));
            setMode(next);
          }}
        />
        {mode === 'form' ? (
          <TryForm form={form} onChange={setForm} />
        ) : (
          <>
            <JsonField
              json={json}
              problem={badJson}
              onChange={(next) => {
                setBadJson(undefined);
                setJson(next);
              }}
            />
            <WhoFields form={form} onChange={setForm} />
          </>
        )}
        <div className="row wrap">
          <Button
            type="submit"
            variant="primary"
            busy={isPending}
            disabled={mode === 'form' && form.model.trim() === ''}
          >
            {t('routes.try.run')}
          </Button>
          <span className="muted small">{t('routes.try.free')}</span>
        </div>
      </form>
      <div aria-live="polite" className="stack">
        {error !== null && !isPending && (
          <Refusal
            error={error}
            onModel={(name) => {
              const next = { ...form, model: name };
              setForm(next);
              setMode('form');
              mutate(requestOf(next));
            }}
          />
        )}
        {data !== undefined && error === null && <DecisionView decision={data.decision} />}
      </div>
    </>
  );
}

function JsonField({
  json,
  problem,
  onChange,
}: {
  readonly json: string;
  readonly problem: string | undefined;
  readonly onChange: (json: string) => void;
}): ReactNode {
  const { t } = useText();
  return (
    <Field label={t('routes.try.body')} hint={t('routes.try.body.hint')} problem={problem}>
      {(ids) => (
        <TextArea
          {...ids}
          className="mono"
          rows={10}
          spellCheck={false}
          value={json}
          onChange={({ target }) => onChange(target.value)}
        />
      )}
    </Field>
  );
}

function parsed(
  json: string,
  form: RequestForm,
  onProblem: (problem: string) => void,
): CallInput<'route.simulate'> | undefined {
  try {
    return requestOfJson(json, form);
  } catch (error) {
    onProblem(error instanceof Error ? error.message : String(error));
    return undefined;
  }
}

/** In the words that the client would read; names that are near can be tried at once. */
function Refusal({
  error,
  onModel,
}: {
  readonly error: CallFailure;
  readonly onModel: (name: string) => void;
}): ReactNode {
  const { t } = useText();
  const near = error.error.code === 'route.model_not_found' ? nearNames(error.error.message) : [];
  return (
    <Banner tone="error">
      <div className="stack tight">
        <strong>{t(error.error.code.startsWith('control.') ? 'error.title' : 'routes.try.refused')}</strong>
        <span className="wrap-anywhere">{error.error.message}</span>
        <code className="small">{error.error.code}</code>
        {near.length > 0 && (
          <span className="row wrap">
            {near.map((name) => (
              <Button key={name} size="small" onClick={() => onModel(name)}>
                {t('routes.try.near', { model: name })}
              </Button>
            ))}
          </span>
        )}
      </div>
    </Banner>
  );
}

/** Names the message puts in quotes behind the one that was asked for. */
export function nearNames(message: string): readonly string[] {
  const quoted = [...message.matchAll(/"([^"\s]{1,200})"/g)].flatMap(([, name]) => (name === undefined ? [] : [name]));
  return [...new Set(quoted.slice(1))].slice(0, 5);
}

function Explanation({ request }: { readonly request: string }): ReactNode {
  const query = useCall('route.explain', { request_id: request });
  return (
    <Loaded query={query} lines={8}>
      {(explained) => <Explained {...explained} />}
    </Loaded>
  );
}

const verdicts = {
  same: { tone: 'ok', label: 'routes.explain.same' },
  different: { tone: 'warning', label: 'routes.explain.different' },
  unknown: { tone: 'plain', label: 'routes.explain.unknown' },
} as const;

function Explained({ decision, verified, note, entry }: CallOutput<'route.explain'>): ReactNode {
  const { t } = useText();
  const { tone, label } = verdicts[verified];
  return (
    <>
      <p className="row wrap">
        <Badge tone={tone}>{t(label)}</Badge>
        <span className="muted small">{note}</span>
        <Link href={`/activity?id=${encodeURIComponent(entry.request_id)}`}>{t('routes.explain.open')}</Link>
      </p>
      {decision !== null && <DecisionView decision={decision} isPast />}
    </>
  );
}
