/** Recording for a while: set now, and set back when the time is over, as long as this window is open. */
import { useCallback } from 'react';
import { toast } from 'sonner';
import { create } from 'zustand';
import type { ConfigEdit } from '../../../shared/contract/config.ts';
import type { Bridge } from '../../bridge/bridge.ts';
import { useBridge } from '../../bridge/hooks.ts';
import { inverseOf, valueAt } from '../../state/config-tree.ts';
import { currentText } from '../../text/text.ts';

const minutes = 15;
const contentPath = ['logging', 'content'];
/** With placeholders, as it left the machine: nothing that was masked is written down. */
const recorded = 'redacted';

interface RecordState {
  /** Milliseconds since 1970; `undefined`: not for a while. */
  readonly until: number | undefined;
}

export const useRecordWindow = create<RecordState>()(() => ({ until: undefined }));

let timer: ReturnType<typeof setTimeout> | undefined;

/** Rejects nothing: what goes wrong is told. Begins anew where it runs already. */
export function useRecordForAWhile(): () => Promise<void> {
  const bridge = useBridge();
  return useCallback(() => begin(bridge), [bridge]);
}

async function begin(bridge: Bridge): Promise<void> {
  const read = await bridge.call('config.read', {});
  if (!read.ok) return void toast.error(read.error.message);
  const edits: ConfigEdit[] = [{ op: 'set', path: [...contentPath], value: recorded }];
  const back = inverseOf(edits, read.value.config, read.value.origins);
  const reply = await bridge.call('config.change', { edits, revision: read.value.revision });
  if (!reply.ok) return void toast.error(reply.error.message);
  clearTimeout(timer);
  timer = setTimeout(() => void end(bridge, back), minutes * 60_000);
  useRecordWindow.setState({ until: Date.now() + minutes * 60_000 });
}

/** Only what we set is set back: who chose something else meanwhile meant it. */
async function end(bridge: Bridge, back: readonly ConfigEdit[]): Promise<void> {
  forget();
  const { t } = currentText();
  const read = await bridge.call('config.read', {});
  if (read.ok && valueAt(read.value.config, contentPath) !== recorded) return;
  const reply = read.ok
    ? await bridge.call('config.change', { edits: [...back], revision: read.value.revision })
    : read;
  if (reply.ok) toast.info(t('policies.record.ended'));
  else toast.error(t('policies.record.notEnded', { reason: reply.error.message }), { duration: Infinity });
}

/** Somebody chose for good: nothing is set back. */
export function forget(): void {
  clearTimeout(timer);
  timer = undefined;
  useRecordWindow.setState({ until: undefined });
}
