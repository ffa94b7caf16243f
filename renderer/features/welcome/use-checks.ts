/** Tests providers one after the other, each once unless it is asked for again. */
import { useCallback, useEffect, useRef, useState } from 'react';
import type { TestOutcome } from '../../../shared/contract/providers.ts';
import type { Reply } from '../../../shared/contract/reply.ts';
import { useBridge } from '../../bridge/hooks.ts';
import type { Check } from './progress.ts';

export interface ChecksControl {
  /** Id of the provider that is being tested. */
  readonly running: string | undefined;
  readonly isDone: boolean;
  readonly retry: (id: string, model?: string) => void;
}

export function useChecks(
  ids: readonly string[],
  checks: Readonly<Record<string, Check>>,
  onCheck: (id: string, check: Check | undefined) => void,
): ChecksControl {
  const bridge = useBridge();
  const busy = useRef(false);
  const models = useRef(new Map<string, string>());
  const [running, setRunning] = useState<string>();
  const next = ids.find((id) => !Object.hasOwn(checks, id));
  useEffect(() => {
    // One at a time, also when the effect is run twice.
    if (next === undefined || busy.current) return;
    busy.current = true;
    setRunning(next);
    const model = models.current.get(next);
    void bridge.call('providers.test', { id: next, ...(model === undefined ? {} : { model }) }).then((reply) => {
      busy.current = false;
      setRunning(undefined);
      onCheck(next, checkOf(reply));
    });
  }, [bridge, next, onCheck]);
  const retry = useCallback(
    (id: string, model?: string) => {
      if (model !== undefined) models.current.set(id, model);
      onCheck(id, undefined);
    },
    [onCheck],
  );
  return { running, isDone: next === undefined, retry };
}

function checkOf(reply: Reply<TestOutcome>): Check {
  if (!reply.ok) {
    const { code, message } = reply.error;
    return { ok: false, model: null, cost: null, message, needsModel: code === 'control.invalid_input' };
  }
  const { ok, model, cost_usd: cost, error } = reply.value;
  return { ok: ok && error === null, model, cost, message: error?.message ?? null, needsModel: false };
}
