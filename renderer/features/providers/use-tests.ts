/** Test calls of providers: those that run and what came of the last one of each. */
import { useCallback, useMemo, useState } from 'react';
import type { TestOutcome } from '../../../shared/contract/providers.ts';
import type { CallError } from '../../../shared/contract/reply.ts';
import { useBridge } from '../../bridge/hooks.ts';

export type TestRun =
  | { readonly state: 'running' }
  | { readonly state: 'ended'; readonly outcome: TestOutcome }
  /** There was no call: a model must be named, or the instance does not answer. */
  | { readonly state: 'refused'; readonly error: CallError };

export interface Tests {
  /** By id of the provider. */
  readonly runs: ReadonlyMap<string, TestRun>;
  readonly start: (id: string, model?: string) => void;
  readonly dismiss: (id: string) => void;
}

export function useTests(): Tests {
  const bridge = useBridge();
  const [runs, setRuns] = useState<ReadonlyMap<string, TestRun>>(new Map());
  const note = useCallback((id: string, run: TestRun | undefined) => {
    setRuns((before) => {
      const next = new Map(before);
      if (run === undefined) next.delete(id);
      else next.set(id, run);
      return next;
    });
  }, []);
  const start = useCallback(
    (id: string, model?: string) => {
      note(id, { state: 'running' });
      void bridge.call('providers.test', { id, ...(model === undefined ? {} : { model }) }).then((reply) => {
        note(id, reply.ok ? { state: 'ended', outcome: reply.value } : { state: 'refused', error: reply.error });
      });
    },
    [bridge, note],
  );
  const dismiss = useCallback((id: string) => note(id, undefined), [note]);
  return useMemo(() => ({ runs, start, dismiss }), [runs, start, dismiss]);
}
