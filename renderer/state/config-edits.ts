/** Changes of the config file from pages: on what was read, with what is wrong beside it, and a way back. */
import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useState } from 'react';
import { toast } from 'sonner';
import type { ConfigEdit, ConfigProblem } from '../../shared/contract/config.ts';
import type { CallOutput } from '../../shared/contract/contract.ts';
import type { CallError } from '../../shared/contract/reply.ts';
import type { Bridge } from '../bridge/bridge.ts';
import { useBridge } from '../bridge/hooks.ts';
import { currentText } from '../text/text.ts';
import { inverseOf } from './config-tree.ts';

export type ConfigReading = CallOutput<'config.read'>;

export type ChangeOutcome =
  | { readonly ok: true }
  | { readonly ok: false; readonly error: CallError; readonly problems: readonly ConfigProblem[] };

export interface ChangeOptions {
  /** What was done, for people: `Firewall rule removed`. */
  readonly told?: string;
  /** What is wrong is shown by whoever asked. */
  readonly quiet?: boolean;
}

export interface ConfigChange {
  /** Resolves when what is shown was read back from the file. */
  readonly change: (edits: readonly ConfigEdit[], options?: ChangeOptions) => Promise<ChangeOutcome>;
  readonly busy: boolean;
}

const readKey = ['config.read', {}];

/** The config is changed on the file as `config.read` showed it last; a file that is another one by now is read again instead. */
export function useConfigChange(): ConfigChange {
  const bridge = useBridge();
  const queries = useQueryClient();
  const [running, setRunning] = useState(0);
  const change = useCallback(
    async (edits: readonly ConfigEdit[], { told, quiet = false }: ChangeOptions = {}): Promise<ChangeOutcome> => {
      const { t } = currentText();
      setRunning((count) => count + 1);
      try {
        const read = queries.getQueryData<ConfigReading>(readKey);
        const outcome = await send(bridge, edits, read?.revision);
        await queries.refetchQueries({ queryKey: ['config.read'] });
        if (!outcome.ok) {
          const wasOld = read !== undefined && queries.getQueryData<ConfigReading>(readKey)?.revision !== read.revision;
          const error = wasOld ? { ...outcome.error, message: t('policies.change.meanwhile') } : outcome.error;
          if (!quiet || wasOld) toast.error(error.message);
          return { ...outcome, error };
        }
        if (read !== undefined) {
          const back = inverseOf(edits, read.config, read.origins);
          offerUndo(told ?? t('policies.change.saved'), async () => {
            const undone = await send(bridge, back, outcome.revision);
            await queries.refetchQueries({ queryKey: ['config.read'] });
            if (undone.ok) toast.success(t('policies.change.undone'));
            else toast.error(t('policies.change.notUndone', { reason: undone.error.message }));
          });
        }
        return { ok: true };
      } finally {
        setRunning((count) => count - 1);
      }
    },
    [bridge, queries],
  );
  return { change, busy: running > 0 };
}

type Sent = { readonly ok: true; readonly revision: string } | Exclude<ChangeOutcome, { readonly ok: true }>;

async function send(bridge: Bridge, edits: readonly ConfigEdit[], revision: string | undefined): Promise<Sent> {
  const reply = await bridge.call('config.change', {
    edits: [...edits],
    ...(revision === undefined ? {} : { revision }),
  });
  if (reply.ok) return { ok: true, revision: reply.value.revision };
  return { ok: false, error: reply.error, problems: problemsOf(reply.error) };
}

function offerUndo(text: string, undo: () => Promise<void>): void {
  toast.success(text, {
    duration: 10_000,
    action: { label: currentText().t('common.undo'), onClick: () => void undo() },
  });
}

/** Those that `config.invalid` names; none of any other error. */
export function problemsOf(error: CallError): readonly ConfigProblem[] {
  const { detail } = error;
  if (typeof detail !== 'object' || detail === null || !('problems' in detail)) return [];
  const { problems } = detail;
  if (error.code !== 'config.invalid' || !Array.isArray(problems)) return [];
  return problems as readonly ConfigProblem[];
}
