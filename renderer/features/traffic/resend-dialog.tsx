/** A recorded request in an editor, sent again as it was changed. */
import { useMemo, useState, type ReactNode } from 'react';
import { useText } from '../../text/text.ts';
import { Button } from '../../ui/controls.tsx';
import { JsonEditor } from '../../ui/json-editor.tsx';
import { Dialog } from '../../ui/overlay.tsx';
import { readable } from './bodies.ts';
import type { ExchangeActions } from './use-actions.ts';

export function ResendDialog({ actions }: { readonly actions: ExchangeActions }): ReactNode {
  const { t } = useText();
  const initial = useMemo(() => readable(actions.body ?? ''), [actions.body]);
  const [text, setText] = useState(initial);
  const problem = useMemo(() => problemOf(text), [text]);
  const close = (): void => actions.edit(false);
  return (
    <Dialog
      open
      form
      onClose={close}
      title={t('traffic.resend')}
      description={t('traffic.resend.text')}
      size="wide"
      footer={
        <>
          <Button onClick={close}>{t('common.cancel')}</Button>
          <Button
            variant="primary"
            busy={actions.busy}
            disabled={problem !== undefined}
            onClick={() => actions.replay({ body: text })}
          >
            {t('traffic.resend.send')}
          </Button>
        </>
      }
    >
      <JsonEditor value={text} label={t('traffic.resend.body')} onChange={setText} whole />
      <p className="traffic-problem" role="status">
        {problem === undefined ? '' : t('traffic.resend.problem', { problem })}
      </p>
    </Dialog>
  );
}

/** Why it is no JSON object. */
function problemOf(text: string): string | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? undefined : '{ … }';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
