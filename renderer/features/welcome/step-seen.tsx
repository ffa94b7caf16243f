/** The first request, and one suggestion: a daily budget and the masking of secrets (UX-15). */
import { useState, type ReactNode } from 'react';
import type { ExchangeEntry } from '../../../shared/contract/traffic.ts';
import { useAction, useCall } from '../../bridge/hooks.ts';
import { useConfigChange, type ConfigReading } from '../../state/config-edits.ts';
import { useLive } from '../../state/live.ts';
import { useText } from '../../text/text.ts';
import { Button, Checkbox, Field, Input } from '../../ui/controls.tsx';
import { FirstRequest } from '../../ui/first-request.tsx';
import { Banner } from '../../ui/layout.tsx';
import { Loaded } from '../../ui/states.tsx';
import { MaskSample } from './mask-sample.tsx';
import type { Progress } from './progress.ts';
import { StepFrame } from './step-frame.tsx';
import { amountOf, budgetEdit, dailyLimit, maskingEdits, masksAlready } from './suggestions.ts';

export interface StepSeenProps {
  readonly progress: Progress;
  /** The first minutes are over: what was ticked is in force. */
  readonly onDone: () => void;
}

export function StepSeen({ progress, onDone }: StepSeenProps): ReactNode {
  const { t } = useText();
  const config = useCall('config.read', {});
  const finish = useAction('setup.finish');
  const end = (): void => finish.mutate({ done: true }, { onSuccess: onDone });
  const { seen } = progress;
  return (
    <div className="stack">
      {seen !== null && <SeenRequest id={seen} name={progress.waiting?.name} />}
      <Loaded query={config} lines={5}>
        {(reading) => <Suggestions reading={reading} hasSeen={seen !== null} busy={finish.isPending} onEnd={end} />}
      </Loaded>
      {finish.error !== null && <Banner tone="error">{finish.error.error.message}</Banner>}
      {config.data === undefined && config.error !== null && (
        <div>
          <Button busy={finish.isPending} onClick={end}>
            {t('welcome.seen.finish')}
          </Button>
        </div>
      )}
    </div>
  );
}

/** Live while the window knows it, else as the ledger has it. */
export function SeenRequest({ id, name }: { readonly id: string; readonly name: string | undefined }): ReactNode {
  const { t } = useText();
  const live = useLive(({ recent }) => recent.find((entry) => entry.request_id === id));
  const kept = useCall('traffic.get', { request_id: id }, { enabled: live === undefined });
  const entry: ExchangeEntry | undefined = live ?? kept.data?.entry;
  if (entry === undefined) return null;
  return <FirstRequest name={name ?? t('welcome.test.name')} entry={entry} seen={t('welcome.seen.request')} />;
}

interface SuggestionsProps {
  readonly reading: ConfigReading;
  readonly hasSeen: boolean;
  readonly busy: boolean;
  readonly onEnd: () => void;
}

function Suggestions({ reading: { config, origins }, hasSeen, busy, onEnd }: SuggestionsProps): ReactNode {
  const { t } = useText();
  const { change, busy: isChanging } = useConfigChange();
  const [wantsBudget, setWantsBudget] = useState(true);
  const [wantsMasking, setWantsMasking] = useState(true);
  const [text, setText] = useState('10');
  const [problem, setProblem] = useState<string>();
  const limit = dailyLimit(config);
  const isMasking = masksAlready(config);
  const amount = amountOf(text);
  const takesBudget = limit === undefined && wantsBudget;
  const edits = [
    ...(takesBudget && amount !== undefined ? [budgetEdit(config, amount)] : []),
    ...(!isMasking && wantsMasking ? maskingEdits(origins) : []),
  ];
  const apply = async (): Promise<void> => {
    setProblem(undefined);
    if (edits.length > 0) {
      const outcome = await change(edits, { told: t('welcome.seen.applied'), quiet: true });
      if (!outcome.ok) {
        setProblem(outcome.error.message);
        return;
      }
    }
    onEnd();
  };
  return (
    <StepFrame
      title={t(hasSeen ? 'welcome.seen.title' : 'welcome.seen.titleWithout')}
      text={t('welcome.seen.text')}
      actions={
        <>
          <Button
            variant="primary"
            busy={isChanging || busy}
            disabled={takesBudget && amount === undefined}
            onClick={() => void apply()}
          >
            {t(edits.length > 0 ? 'welcome.seen.applyFinish' : 'welcome.seen.finish')}
          </Button>
          {edits.length > 0 && (
            <Button variant="quiet" disabled={isChanging || busy} onClick={onEnd}>
              {t('welcome.seen.finishWithout')}
            </Button>
          )}
        </>
      }
    >
      <BudgetSuggestion
        limit={limit}
        isWanted={wantsBudget}
        text={text}
        problem={takesBudget && amount === undefined ? t('welcome.budget.noAmount') : undefined}
        onWanted={setWantsBudget}
        onText={setText}
      />
      <MaskingSuggestion isOn={isMasking} isWanted={wantsMasking} onWanted={setWantsMasking} />
      {problem !== undefined && <Banner tone="error">{problem}</Banner>}
    </StepFrame>
  );
}

interface BudgetSuggestionProps {
  /** Of the budget that is there already. */
  readonly limit: string | undefined;
  readonly isWanted: boolean;
  readonly text: string;
  readonly problem: string | undefined;
  readonly onWanted: (isWanted: boolean) => void;
  readonly onText: (text: string) => void;
}

function BudgetSuggestion({ limit, isWanted, text, problem, onWanted, onText }: BudgetSuggestionProps): ReactNode {
  const { t, money } = useText();
  if (limit !== undefined)
    return (
      <section className="welcome-suggestion">
        <p>
          <strong>{t('welcome.budget.title')}</strong>{' '}
          <span className="muted">{t('welcome.budget.exists', { limit: money(limit) })}</span>
        </p>
      </section>
    );
  return (
    <section className="welcome-suggestion">
      <Checkbox
        checked={isWanted}
        onChange={(event) => onWanted(event.target.checked)}
        label={<strong>{t('welcome.budget.title')}</strong>}
      />
      <Field label={t('welcome.budget.limit')} hint={t('welcome.budget.hint')} problem={problem}>
        {(ids) => (
          <Input
            {...ids}
            inputMode="decimal"
            className="welcome-amount"
            value={text}
            disabled={!isWanted}
            onChange={(event) => onText(event.target.value)}
          />
        )}
      </Field>
    </section>
  );
}

function MaskingSuggestion({
  isOn,
  isWanted,
  onWanted,
}: {
  readonly isOn: boolean;
  readonly isWanted: boolean;
  readonly onWanted: (isWanted: boolean) => void;
}): ReactNode {
  const { t } = useText();
  return (
    <section className="welcome-suggestion">
      {isOn ? (
        <p>
          <strong>{t('welcome.masking.title')}</strong> <span className="muted">{t('welcome.masking.isOn')}</span>
        </p>
      ) : (
        <Checkbox
          checked={isWanted}
          onChange={(event) => onWanted(event.target.checked)}
          label={<strong>{t('welcome.masking.title')}</strong>}
        />
      )}
      <p className="small muted">{t('welcome.masking.text')}</p>
      <MaskSample isOn={isOn} />
    </section>
  );
}
