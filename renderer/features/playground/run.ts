/** One run from its start to its end, whatever becomes of the connection in between. */
import type { RunDelta, RunResult } from '../../../shared/contract/playground.ts';
import type { CallError } from '../../../shared/contract/reply.ts';
import { bridgeCodes, type Bridge } from '../../bridge/bridge.ts';
import { useLive } from '../../state/live.ts';
import { followRun } from '../../state/runs.ts';

/** Events can be lost: how a run ended is asked for, too. */
const askEveryMs = 5_000;

/** One of the two is there. */
export interface RunOutcome {
  readonly result: RunResult | null;
  readonly failure: CallError | null;
}

export interface RunHooks {
  readonly onRun?: (run: string) => void;
  readonly onDelta?: (delta: RunDelta) => void;
}

/** Never rejects. */
export async function runOnce(
  bridge: Bridge,
  body: Readonly<Record<string, unknown>>,
  hooks: RunHooks = {},
): Promise<RunOutcome> {
  const reply = await bridge.call('playground.start', { body: { ...body } });
  if (!reply.ok) return { result: null, failure: reply.error };
  const { run } = reply.value;
  hooks.onRun?.(run);
  return await untilEnd(bridge, run, hooks);
}

/** Follows a run that was started, until it ends or is not known any more. */
export function untilEnd(bridge: Bridge, run: string, { onDelta }: RunHooks = {}): Promise<RunOutcome> {
  return new Promise((resolve) => {
    let isOver = false;
    const finish = (outcome: RunOutcome): void => {
      isOver = true;
      endFollowing();
      endLive();
      clearInterval(timer);
      resolve(outcome);
    };
    const ask = async (): Promise<void> => {
      const reply = await bridge.call('playground.result', { run });
      if (isOver) return;
      if (reply.ok) {
        if (reply.value.result !== null) finish({ result: reply.value.result, failure: null });
      } else if (reply.error.code !== bridgeCodes.unreachable && reply.error.code !== bridgeCodes.signedOut)
        finish({ result: null, failure: reply.error });
    };
    const endFollowing = followRun(run, {
      onDelta: (delta) => onDelta?.(delta),
      onEnded: (result) => finish({ result, failure: null }),
    });
    const endLive = useLive.subscribe(({ connection }, before) => {
      if (connection === 'live' && before.connection !== 'live') void ask();
    });
    const timer = setInterval(() => void ask(), askEveryMs);
    void ask();
  });
}
