/** A request of our own that closes the loop where no client is at hand. */
import { useCallback, useEffect, useState } from 'react';
import type { RunResult } from '../../../shared/contract/playground.ts';
import { bridgeCodes } from '../../bridge/bridge.ts';
import { useBridge } from '../../bridge/hooks.ts';
import { useLive } from '../../state/live.ts';
import { followRun } from '../../state/runs.ts';

export interface TestRequest {
  readonly busy: boolean;
  readonly problem: string | undefined;
  readonly send: (model: string) => void;
}

const question = 'Say hello in five words.';

export function useTestRequest(onSeen: (requestId: string) => void): TestRequest {
  const bridge = useBridge();
  const [run, setRun] = useState<string>();
  const [isStarting, setStarting] = useState(false);
  const [problem, setProblem] = useState<string>();
  const live = useLive(({ connection }) => connection === 'live');
  const end = useCallback(
    ({ request_id: id, error }: RunResult) => {
      setRun(undefined);
      if (error === null && id !== null) onSeen(id);
      else setProblem(error?.message);
    },
    [onSeen],
  );
  useEffect(() => {
    if (run === undefined) return;
    const stop = followRun(run, { onDelta: () => undefined, onEnded: end });
    let isOver = false;
    // It may have ended before anybody listened, or while the connection was gone.
    void bridge.call('playground.result', { run }).then((reply) => {
      if (isOver) return;
      if (reply.ok) {
        if (reply.value.result !== null) end(reply.value.result);
      } else if (reply.error.code !== bridgeCodes.unreachable) {
        setRun(undefined);
        setProblem(reply.error.message);
      }
    });
    return () => {
      isOver = true;
      stop();
    };
  }, [bridge, run, live, end]);
  const send = useCallback(
    (model: string) => {
      setProblem(undefined);
      setStarting(true);
      const body = { model, messages: [{ role: 'user', content: question }], max_tokens: 64 };
      void bridge.call('playground.start', { body }).then((reply) => {
        setStarting(false);
        if (reply.ok) setRun(reply.value.run);
        else setProblem(reply.error.message);
      });
    },
    [bridge],
  );
  return { busy: isStarting || run !== undefined, problem, send };
}
