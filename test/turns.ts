/** Counts how often everything else had its turn: never how long anything took. */

/** Turns of the event loop between the start of some work and its end. */
export async function turnsDuring(work: () => Promise<unknown>): Promise<number> {
  const counter = countTurns();
  try {
    await work();
    return counter.turns;
  } finally {
    counter.stop();
  }
}

export interface TurnCounter {
  /** So far. */
  readonly turns: number;
  stop(): void;
}

export function countTurns(): TurnCounter {
  let turns = 0;
  let next = setImmediate(count);
  function count(): void {
    turns += 1;
    next = setImmediate(count);
  }
  return {
    get turns() {
      return turns;
    },
    stop() {
      clearImmediate(next);
    },
  };
}
