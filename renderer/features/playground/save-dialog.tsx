/** Saves the prompt: a new one of the library, or a new version of the one that is open. */
import { useState, type ReactNode } from 'react';
import { toast } from 'sonner';
import { useAction } from '../../bridge/hooks.ts';
import type { PromptEntry } from '../../../shared/contract/playground.ts';
import { useText } from '../../text/text.ts';
import { Button, Field, Input, Segmented } from '../../ui/controls.tsx';
import { Dialog } from '../../ui/overlay.tsx';
import { contentOf } from './draft.ts';
import { usePlayground } from './store.ts';
import { variableNames } from './variables.ts';

/** `a, b` as two labels, each once. */
export function labelsIn(text: string): string[] {
  const labels = text.split(',').map((label) => label.trim().slice(0, 64));
  return [...new Set(labels.filter((label) => label !== ''))].slice(0, 20);
}

export function SaveDialog({
  known,
  onClose,
}: {
  /** The entry of the prompt that is open. */
  readonly known: PromptEntry | undefined;
  readonly onClose: () => void;
}): ReactNode {
  const { t } = useText();
  const { draft, columns } = usePlayground();
  const [as, setAs] = useState<'version' | 'new'>(known === undefined ? 'new' : 'version');
  const [name, setName] = useState(known?.name ?? '');
  const [labels, setLabels] = useState(known?.labels.join(', ') ?? '');
  const [note, setNote] = useState('');
  const save = useAction('prompts.save', ['prompts.list']);
  const submit = (): void => {
    if (name.trim() === '') return;
    const content = contentOf(draft, variableNames(draft), columns[0]);
    const id = as === 'version' && known !== undefined ? { id: known.id } : {};
    save.mutate(
      { ...id, name: name.trim(), labels: labelsIn(labels), note: note.trim(), content },
      {
        onSuccess(saved) {
          const version = saved.versions.at(-1)?.version ?? 1;
          usePlayground.setState({ opened: { id: saved.id, name: saved.name, version } });
          toast.success(t('playground.saved', { name: saved.name, version }));
          onClose();
        },
      },
    );
  };
  return (
    <Dialog
      open
      form
      onClose={onClose}
      title={t('playground.save')}
      description={t('playground.save.text')}
      footer={
        <>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button variant="primary" busy={save.isPending} disabled={name.trim() === ''} onClick={submit}>
            {t('common.save')}
          </Button>
        </>
      }
    >
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        {known !== undefined && (
          <Segmented
            label={t('playground.save.as')}
            value={as}
            onChange={setAs}
            choices={[
              { value: 'version', label: t('playground.save.version') },
              { value: 'new', label: t('playground.save.new') },
            ]}
          />
        )}
        <NameFields name={name} labels={labels} onName={setName} onLabels={setLabels} />
        <Field label={t('playground.save.note')} hint={t('playground.save.note.hint')}>
          {(ids) => <Input {...ids} maxLength={500} value={note} onChange={(event) => setNote(event.target.value)} />}
        </Field>
        {draft.turns.some(({ pictures }) => pictures.length > 0) && (
          <p className="muted small">{t('playground.save.pictures')}</p>
        )}
        <Refused error={save.error} />
        {/* Enter in a field saves. */}
        <button type="submit" hidden />
      </form>
    </Dialog>
  );
}

/** Name and labels of a prompt, as every dialog that changes them has them. */
export function NameFields({
  name,
  labels,
  problem,
  onName,
  onLabels,
}: {
  readonly name: string;
  readonly labels: string;
  readonly problem?: string | undefined;
  readonly onName: (name: string) => void;
  readonly onLabels: (labels: string) => void;
}): ReactNode {
  const { t } = useText();
  return (
    <>
      <Field label={t('playground.save.name')} problem={problem}>
        {(ids) => <Input {...ids} maxLength={200} value={name} onChange={(event) => onName(event.target.value)} />}
      </Field>
      <Field label={t('playground.save.labels')} hint={t('playground.save.labels.hint')}>
        {(ids) => <Input {...ids} value={labels} onChange={(event) => onLabels(event.target.value)} />}
      </Field>
    </>
  );
}

function Refused({ error }: { readonly error: Error | null }): ReactNode {
  return error === null ? null : (
    <p className="playground-problem" role="alert">
      {error.message}
    </p>
  );
}
