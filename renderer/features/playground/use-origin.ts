/** Opens what the address names: a request of Activity to start from, or a model to ask. */
import { useEffect, useRef } from 'react';
import { toast } from 'sonner';
import { useSearchParams } from 'wouter';
import { useBridge } from '../../bridge/hooks.ts';
import { currentText } from '../../text/text.ts';
import { takeOver } from './convert.ts';
import { newColumn } from './draft.ts';
import { usePlayground } from './store.ts';

export function useOrigin(): void {
  const bridge = useBridge();
  const [params, setParams] = useSearchParams();
  const from = params.get('from');
  const model = params.get('model');
  const taken = useRef<string>(undefined);
  useEffect(() => {
    const asked = params.toString();
    if ((from === null && model === null) || taken.current === asked) return;
    taken.current = asked;
    // Once: what the reader changes afterwards is not undone by loading the window again.
    setParams({}, { replace: true });
    if (model !== null)
      usePlayground.setState(({ columns: [first, ...others] }) => ({
        columns: first === undefined ? [newColumn(model)] : [{ ...first, model }, ...others],
      }));
    if (from === null) return;
    void bridge.call('traffic.get', { request_id: from }).then((reply) => {
      if (reply.ok) open(from, reply.value.request_body, reply.value.entry.model_asked);
      else toast.error(reply.error.message);
    });
  }, [bridge, params, from, model, setParams]);
}

function open(requestId: string, body: string | null, modelAsked: string | null): void {
  const { t } = currentText();
  if (body === null) {
    toast.error(t('playground.from.notRecorded'));
    return;
  }
  const taken = takeOver(body);
  if (taken === undefined) {
    toast.error(t('playground.from.unreadable'));
    return;
  }
  usePlayground.setState(({ draft, columns }) => {
    const first = columns[0] ?? newColumn('');
    const model = modelAsked ?? taken.model ?? first.model;
    return {
      draft: taken.draft,
      columns: [{ ...first, model, parameters: taken.parameters, base: [], steps: [] }, ...columns.slice(1)],
      origin: { requestId, losses: taken.losses, before: { draft, columns } },
      opened: undefined,
      view: 'columns' as const,
    };
  });
}
