/** Gives a prompt of the library another name and other labels; its versions stay as they are. */
import { useState, type ReactNode } from 'react';
import type { PromptEntry } from '../../../shared/contract/playground.ts';
import { useAction } from '../../bridge/hooks.ts';
import { useText } from '../../text/text.ts';
import { Button } from '../../ui/controls.tsx';
import { Dialog } from '../../ui/overlay.tsx';
import { labelsIn, NameFields } from './save-dialog.tsx';

export function RenameDialog({
  entry,
  onClose,
}: {
  readonly entry: PromptEntry;
  readonly onClose: () => void;
}): ReactNode {
  const { t } = useText();
  const [name, setName] = useState(entry.name);
  const [labels, setLabels] = useState(entry.labels.join(', '));
  const save = useAction('prompts.save', ['prompts.list']);
  const last = entry.versions.at(-1);
  const submit = (): void => {
    if (name.trim() === '' || last === undefined) return;
    // The same content makes no new version.
    save.mutate(
      { id: entry.id, name: name.trim(), labels: labelsIn(labels), note: '', content: last.content },
      { onSuccess: onClose },
    );
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={t('playground.rename.title', { name: entry.name })}
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
        <NameFields name={name} labels={labels} problem={save.error?.message} onName={setName} onLabels={setLabels} />
        <button type="submit" hidden />
      </form>
    </Dialog>
  );
}
