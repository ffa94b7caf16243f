/** What can be done with an exchange that is open; what cannot says why. */
import { useState } from 'react';
import { toast } from 'sonner';
import { useLocation } from 'wouter';
import type { ExchangeEntry } from '../../../shared/contract/traffic.ts';
import { useAction } from '../../bridge/hooks.ts';
import { useLive } from '../../state/live.ts';
import { useText, type MessageKey } from '../../text/text.ts';
import { copyText } from '../../ui/copy.tsx';
import { codeFor, kindsFor, type CodeKind } from './code.ts';
import type { SetParams } from './filters.ts';
import type { OpenedExchange } from './use-exchange.ts';

export interface ExchangeActions {
  /** Why nothing can be sent or copied; `undefined` where it can. */
  readonly blocked: MessageKey | undefined;
  readonly busy: boolean;
  readonly kinds: readonly CodeKind[];
  readonly editing: boolean;
  readonly body: string | null;
  readonly entry: ExchangeEntry | undefined;
  readonly replay: (change?: { readonly model?: string; readonly body?: string }) => void;
  readonly edit: (open: boolean) => void;
  readonly copy: (kind: CodeKind) => void;
  readonly playground: () => void;
  readonly explain: () => void;
}

/** Used where the address of the gateway is not known yet. */
const usualUrl = 'http://127.0.0.1:4790';

/** `onSent`: a request was sent again; it has this id. */
export function useActions(
  { entry, whole }: OpenedExchange,
  set: SetParams,
  onSent: (requestId: string) => void,
): ExchangeActions {
  const { t } = useText();
  const [, navigate] = useLocation();
  const [editing, setEditing] = useState<string>();
  const { mutate, isPending } = useAction('traffic.replay');
  const gatewayUrl = useLive((state) => state.snapshot?.status.gateway.urls[0]) ?? usualUrl;
  const body = whole?.request_body ?? null;
  const blocked = blockedBy(entry, whole);
  return {
    blocked,
    busy: isPending,
    kinds: entry === undefined ? [] : kindsFor(entry.surface),
    editing: entry !== undefined && editing === entry.request_id,
    body,
    entry,
    replay(change = {}) {
      if (entry === undefined || isPending) return;
      if (blocked !== undefined) {
        toast.error(t(blocked));
        return;
      }
      mutate(
        { request_id: entry.request_id, ...change },
        {
          onSuccess: ({ request_id, status }) => {
            setEditing(undefined);
            toast.success(t('traffic.replay.done', { status }));
            onSent(request_id);
          },
          onError: (error) => toast.error(error.message),
        },
      );
    },
    edit: (open) => setEditing(open ? entry?.request_id : undefined),
    copy(kind) {
      if (entry === undefined) return;
      const { surface, model_asked } = entry;
      const code = body === null ? undefined : codeFor(kind, { surface, model: model_asked, body, gatewayUrl });
      if (code === undefined) {
        toast.error(t(blocked ?? 'traffic.copy.impossible'));
        return;
      }
      void copyText(code).then((done) => {
        if (done) toast.success(t('traffic.copy.done', { what: t(`traffic.copy.${kind}`) }));
      });
    },
    playground() {
      if (entry === undefined) return;
      if (blocked === undefined) navigate(`/playground?from=${encodeURIComponent(entry.request_id)}`);
      else toast.error(t(blocked));
    },
    explain: () => set({ tab: 'route' }),
  };
}

function blockedBy(entry: ExchangeEntry | undefined, whole: OpenedExchange['whole']): MessageKey | undefined {
  if (entry?.outcome === 'open') return 'traffic.blocked.open';
  if (whole === undefined) return 'traffic.blocked.loading';
  if (whole.bodies === 'unreadable') return 'traffic.blocked.unreadable';
  return whole.request_body === null ? 'traffic.blocked.notRecorded' : undefined;
}
