/** The pause as people make it: for some minutes or until they resume, told to everyone who listens, its end included. */
import type { PauseState } from '../../shared/contract/app.ts';
import type { AnyEvent } from '../../shared/contract/contract.ts';
import { GatewayError } from '../../shared/errors/gateway-error.ts';
import type { Gateway } from '../gateway/gateway.ts';
import type { Clock } from '../kit/clock.ts';
import type { PauseNeed } from './window-needs.ts';

export interface PauseControlOptions {
  readonly gateway: Pick<Gateway, 'pause' | 'resume' | 'paused' | 'passThroughRefused'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly publish: (event: AnyEvent) => void;
}

const minuteMs = 60_000;

export function createPauseControl({ gateway, clock, publish }: PauseControlOptions): PauseNeed {
  let timer: NodeJS.Timeout | undefined;

  function stateOf(): PauseState | null {
    const { paused } = gateway;
    if (paused === undefined) return null;
    const { mode, since, until } = paused;
    const end = until === undefined ? null : new Date(until).toISOString();
    return { mode, since: new Date(since).toISOString(), until: end };
  }

  function announce(): PauseState | null {
    const paused = stateOf();
    publish({ event: 'pause.changed', data: { paused } });
    return paused;
  }

  /** Only for those who listen: requests are let through by the clock, whenever this comes. */
  function awaitEnd(): void {
    clearTimeout(timer);
    timer = undefined;
    const until = gateway.paused?.until;
    if (until === undefined) return;
    timer = setTimeout(
      () => {
        timer = undefined;
        // A timer may come early by a hair, or by hours where the clock was set back.
        if (gateway.paused === undefined) announce();
        else awaitEnd();
      },
      Math.max(1, until - clock.now()),
    ).unref();
  }

  return {
    paused: stateOf,
    passThroughRefused: () => gateway.passThroughRefused() ?? null,
    pause(minutes, mode) {
      const refused = mode === 'pass_through' ? gateway.passThroughRefused() : undefined;
      if (refused !== undefined)
        throw new GatewayError('control.refused', `Requests cannot pass through: ${refused} Pause with mode block.`);
      gateway.pause(minutes === null ? undefined : clock.now() + minutes * minuteMs, mode);
      awaitEnd();
      const since = new Date(clock.now()).toISOString();
      // Over already only where the clock leapt just now.
      return announce() ?? { mode, since, until: since };
    },
    resume() {
      const wasTold = timer !== undefined || gateway.paused !== undefined;
      gateway.resume();
      awaitEnd();
      if (wasTold) announce();
    },
  };
}
