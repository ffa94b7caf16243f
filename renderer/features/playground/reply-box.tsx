/** Goes on with a conversation: a message of one's own, or what the tools that were called gave. */
import { SendHorizontal } from 'lucide-react';
import { useState, type KeyboardEvent, type ReactNode } from 'react';
import { toast } from 'sonner';
import type { ToolCallEntry } from '../../../shared/contract/playground.ts';
import { useBridge } from '../../bridge/hooks.ts';
import { useText } from '../../text/text.ts';
import { Button, Field, TextArea } from '../../ui/controls.tsx';
import { canContinue, lastAnswer, type Column, type Step } from './draft.ts';
import { problemText } from './problem.ts';
import { reply } from './runs.ts';
import { usePlayground } from './store.ts';

export function ReplyBox({ column }: { readonly column: Column }): ReactNode {
  const calls = lastAnswer(column)?.result?.tool_calls ?? [];
  // A new answer asks for new results.
  return calls.length > 0 ? (
    <ResultsBox key={column.steps.length} column={column} calls={calls} />
  ) : (
    <MessageBox column={column} />
  );
}

function useSend(): (ids: readonly string[], step: Step) => boolean {
  const bridge = useBridge();
  const text = useText();
  return (ids, step) => {
    const problems = ids.map((id) => reply(bridge, id, step)).filter((problem) => problem !== undefined);
    for (const problem of problems) toast.error(problemText(text, problem));
    return problems.length === 0;
  };
}

function MessageBox({ column }: { readonly column: Column }): ReactNode {
  const { t } = useText();
  const [text, setText] = useState('');
  const send = useSend();
  const columns = usePlayground((state) => state.columns);
  const others = columns.filter((one) => canContinue(one) && (lastAnswer(one)?.result?.tool_calls.length ?? 0) === 0);
  const sendTo = (ids: readonly string[]): void => {
    if (text.trim() !== '' && send(ids, { kind: 'user', text })) setText('');
  };
  return (
    <form
      className="playground-reply"
      onSubmit={(event) => {
        event.preventDefault();
        sendTo([column.id]);
      }}
    >
      <TextArea
        rows={1}
        aria-label={t('playground.reply')}
        placeholder={t('playground.reply')}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => onModEnter(event, () => sendTo([column.id]))}
      />
      {text.trim() !== '' && (
        <span className="row wrap">
          <Button type="submit" size="small">
            <SendHorizontal size={14} aria-hidden />
            {t('playground.send')}
          </Button>
          {others.length > 1 && (
            <Button size="small" onClick={() => sendTo(others.map(({ id }) => id))}>
              {t('playground.send.all', { count: others.length })}
            </Button>
          )}
        </span>
      )}
    </form>
  );
}

function ResultsBox({
  column,
  calls,
}: {
  readonly column: Column;
  readonly calls: readonly ToolCallEntry[];
}): ReactNode {
  const { t } = useText();
  const [texts, setTexts] = useState<Readonly<Record<string, string>>>({});
  const send = useSend();
  const submit = (): void => {
    const results = calls.map(({ id, name }) => ({ id, name, text: texts[id] ?? '' }));
    send([column.id], { kind: 'results', results });
  };
  return (
    <form
      className="playground-reply"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      {calls.map(({ id, name }) => (
        <Field key={id} label={t('playground.result.of', { name })}>
          {(ids) => (
            <TextArea
              {...ids}
              rows={1}
              value={texts[id] ?? ''}
              onChange={(event) => setTexts({ ...texts, [id]: event.target.value })}
              onKeyDown={(event) => onModEnter(event, submit)}
            />
          )}
        </Field>
      ))}
      <Button type="submit" size="small">
        {t('playground.result.send')}
      </Button>
    </form>
  );
}

function onModEnter(event: KeyboardEvent, act: () => void): void {
  if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  act();
}
