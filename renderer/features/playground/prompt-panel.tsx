/** The prompt that all columns share: system, turns, variables, tools, and the shape of the answer. */
import { ChevronRight, Plus } from 'lucide-react';
import { lazy, Suspense, useState, type ReactNode } from 'react';
import { useText } from '../../text/text.ts';
import { Badge, Button, Field, TextArea } from '../../ui/controls.tsx';
import { Skeleton } from '../../ui/states.tsx';
import { readSchema, readTools, type JsonProblem } from './body.ts';
import { newTurn, type Draft, type Turn } from './draft.ts';
import { jsonProblemText } from './problem.ts';
import { changeDraft, usePlayground } from './store.ts';
import { TurnEditor } from './turn.tsx';
import { variableNames } from './variables.ts';

const JsonEditor = lazy(async () => ({ default: (await import('../../ui/json-editor.tsx')).JsonEditor }));

export function PromptPanel({ onRun }: { readonly onRun: () => void }): ReactNode {
  const { t } = useText();
  const draft = usePlayground((state) => state.draft);
  const isBatch = usePlayground((state) => state.view === 'batch');
  return (
    <section className="playground-prompt" aria-label={t('playground.prompt')}>
      <Field label={t('playground.system')}>
        {(ids) => (
          <TextArea
            {...ids}
            rows={2}
            placeholder={t('playground.system.placeholder')}
            value={draft.system}
            onChange={(event) => changeDraft({ system: event.target.value })}
          />
        )}
      </Field>
      <Turns turns={draft.turns} />
      <Variables draft={draft} isBatch={isBatch} />
      <JsonPart
        label={t('playground.tools')}
        hint={t('playground.tools.hint')}
        value={draft.tools}
        read={readTools}
        count={draft.tools.trim() === '' ? 0 : (readTools(draft.tools).value?.length ?? 0)}
        onChange={(tools) => changeDraft({ tools })}
        onRun={onRun}
      />
      <JsonPart
        label={t('playground.schema')}
        hint={t('playground.schema.hint')}
        value={draft.schema}
        read={readSchema}
        count={draft.schema.trim() === '' ? 0 : 1}
        onChange={(schema) => changeDraft({ schema })}
        onRun={onRun}
      />
    </section>
  );
}

function Turns({ turns }: { readonly turns: readonly Turn[] }): ReactNode {
  const { t } = useText();
  const next = turns.at(-1)?.role === 'user' ? 'assistant' : 'user';
  return (
    <>
      {turns.map((turn, index) => (
        <TurnEditor
          key={turn.id}
          turn={turn}
          number={index + 1}
          onChange={(change) =>
            changeDraft({ turns: turns.map((one) => (one.id === turn.id ? { ...one, ...change } : one)) })
          }
          onRemove={
            turns.length === 1 ? undefined : () => changeDraft({ turns: turns.filter(({ id }) => id !== turn.id) })
          }
        />
      ))}
      <div>
        <Button size="small" variant="quiet" onClick={() => changeDraft({ turns: [...turns, newTurn(next)] })}>
          <Plus size={14} aria-hidden />
          {t('playground.turn.add')}
        </Button>
      </div>
    </>
  );
}

function Variables({ draft, isBatch }: { readonly draft: Draft; readonly isBatch: boolean }): ReactNode {
  const { t } = useText();
  const names = variableNames(draft);
  if (names.length === 0) return <p className="muted small">{t('playground.variables.none')}</p>;
  return (
    <fieldset className="playground-variables">
      <legend>{t('playground.variables')}</legend>
      {isBatch && <p className="muted small">{t('playground.variables.batch')}</p>}
      {names.map((name) => (
        <Field key={name} label={name}>
          {(ids) => (
            <TextArea
              {...ids}
              rows={1}
              id={ids.id}
              data-variable={name}
              value={draft.variables[name] ?? ''}
              onChange={(event) => changeDraft({ variables: { ...draft.variables, [name]: event.target.value } })}
            />
          )}
        </Field>
      ))}
    </fieldset>
  );
}

interface JsonPartProps {
  readonly label: string;
  readonly hint: string;
  readonly value: string;
  readonly count: number;
  readonly read: (text: string) => { readonly problem?: JsonProblem };
  readonly onChange: (text: string) => void;
  readonly onRun: () => void;
}

/** Folded until it is needed; what is wrong with it is told also then. */
function JsonPart({ label, hint, value, count, read, onChange, onRun }: JsonPartProps): ReactNode {
  const text = useText();
  const { t } = text;
  const [isOpen, setIsOpen] = useState(false);
  const { problem } = read(value);
  return (
    <details className="playground-part" open={isOpen} onToggle={(event) => setIsOpen(event.currentTarget.open)}>
      <summary>
        <ChevronRight size={15} aria-hidden />
        <span className="grow">{label}</span>
        {problem === undefined ? (
          count > 0 && <Badge tone="accent">{count}</Badge>
        ) : (
          <Badge tone="error">{t('playground.json.wrong')}</Badge>
        )}
      </summary>
      {isOpen && (
        <div className="stack tight">
          <Suspense fallback={<Skeleton lines={2} />}>
            <JsonEditor value={value} label={label} onChange={onChange} onRun={onRun} />
          </Suspense>
          {problem === undefined ? (
            <p className="muted small">{hint}</p>
          ) : (
            <p className="playground-problem small" role="status">
              {jsonProblemText(text, problem)}
            </p>
          )}
        </div>
      )}
    </details>
  );
}
