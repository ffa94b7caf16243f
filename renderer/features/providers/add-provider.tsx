/** Adding a provider: choose what it is, give its key, see a real request succeed. Three clicks. */
import { useState, type ReactNode } from 'react';
import { useLocation } from 'wouter';
import type { ProviderKindEntry } from '../../../shared/contract/providers.ts';
import { useCall } from '../../bridge/hooks.ts';
import { useText } from '../../text/text.ts';
import { Button } from '../../ui/controls.tsx';
import { CodeBlock } from '../../ui/copy.tsx';
import { Dialog } from '../../ui/overlay.tsx';
import { Loaded } from '../../ui/states.tsx';
import type { ProviderActions } from './actions.ts';
import { AddForm } from './add-form.tsx';
import { KindGrid } from './kind-grid.tsx';
import { fileSnippet } from './file-snippet.ts';
import { Found } from './found.tsx';
import { TestResult } from './test-result.tsx';

type Step =
  | { readonly at: 'kinds' }
  | { readonly at: 'form'; readonly kind: ProviderKindEntry }
  | { readonly at: 'added'; readonly id: string; readonly local: boolean };

export function AddProvider({ actions }: { readonly actions: ProviderActions }): ReactNode {
  const { t } = useText();
  const kinds = useCall('providers.kinds', {});
  const [step, setStep] = useState<Step>({ at: 'kinds' });
  const close = (): void => actions.ask(undefined);
  const onAdded = (id: string, local: boolean): void => {
    actions.tests.start(id);
    setStep({ at: 'added', id, local });
  };
  const title = step.at === 'form' ? t('providers.add.formTitle', { name: step.kind.label }) : t('providers.add.title');
  return (
    <Dialog open title={title} onClose={close} {...(step.at === 'kinds' ? { size: 'wide' } : {})}>
      {step.at === 'kinds' && (
        <>
          <Found onAdded={([id = '']) => onAdded(id, false)} />
          <Loaded query={kinds} lines={6}>
            {(value) => <KindGrid kinds={value.kinds} onChoose={(kind) => setStep({ at: 'form', kind })} />}
          </Loaded>
        </>
      )}
      {step.at === 'form' &&
        (step.kind.file_only ? (
          <InFile kind={step.kind} onBack={() => setStep({ at: 'kinds' })} onDone={close} />
        ) : (
          <AddForm
            kind={step.kind}
            onBack={() => setStep({ at: 'kinds' })}
            onAdded={(id) => onAdded(id, step.kind.local)}
          />
        ))}
      {step.at === 'added' && (
        <Added
          id={step.id}
          local={step.local}
          actions={actions}
          onAnother={() => setStep({ at: 'kinds' })}
          onDone={close}
        />
      )}
    </Dialog>
  );
}

/** What only the file can hold. */
function InFile({
  kind,
  onBack,
  onDone,
}: {
  readonly kind: ProviderKindEntry;
  readonly onBack: () => void;
  readonly onDone: () => void;
}): ReactNode {
  const { t } = useText();
  return (
    <div className="stack">
      <p>{t('providers.add.file.text', { name: kind.label })}</p>
      <CodeBlock text={fileSnippet(kind.kind)} label={t('providers.add.file.label')} />
      <div className="provider-buttons">
        <Button onClick={onBack}>{t('common.back')}</Button>
        <Button variant="primary" onClick={onDone}>
          {t('providers.add.done')}
        </Button>
      </div>
    </div>
  );
}

interface AddedProps {
  readonly id: string;
  readonly local: boolean;
  readonly actions: ProviderActions;
  readonly onAnother: () => void;
  readonly onDone: () => void;
}

/** It is there, whatever its test says; what to do about a test that says no is offered. */
function Added({ id, local, actions, onAnother, onDone }: AddedProps): ReactNode {
  const { t } = useText();
  const [, navigate] = useLocation();
  const run = actions.tests.runs.get(id);
  const hasFailed = run?.state === 'refused' || (run?.state === 'ended' && !run.outcome.ok);
  // What mends a refused key is another one; for everything else there is nothing better than to wait.
  const isKey =
    run?.state === 'ended' && /^(?:upstream\.40[13]|route\.no_credential)$/.test(run.outcome.error?.code ?? '');
  const model = run?.state === 'ended' && run.outcome.ok ? run.outcome.model : undefined;
  return (
    <div className="stack">
      <p>{t('providers.add.added', { name: id })}</p>
      <TestResult id={id} local={local} tests={actions.tests} pinned />
      {hasFailed ? (
        <div className="provider-buttons">
          <Button variant="danger" onClick={() => actions.ask({ kind: 'remove', id })}>
            {t('common.remove')}
          </Button>
          <span className="grow" />
          {!local && (
            <Button variant={isKey ? 'primary' : undefined} onClick={() => actions.ask({ kind: 'key', id })}>
              {t('providers.replaceKey')}
            </Button>
          )}
          <Button onClick={() => actions.tests.start(id)}>{t('providers.test.again')}</Button>
          <Button variant={isKey ? undefined : 'primary'} onClick={onDone}>
            {t('providers.add.keep')}
          </Button>
        </div>
      ) : (
        <div className="provider-buttons">
          <Button onClick={onAnother}>{t('providers.add.another')}</Button>
          {model !== undefined && (
            <Button onClick={() => navigate(`/playground?model=${encodeURIComponent(model)}`)}>
              {t('providers.try')}
            </Button>
          )}
          <Button variant="primary" onClick={onDone}>
            {t('providers.add.done')}
          </Button>
        </div>
      )}
    </div>
  );
}
