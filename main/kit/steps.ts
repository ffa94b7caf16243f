/** Long work in steps, so that requests have their turn between two of them. */

/** Work that may rest wherever it yields. */
export type Steps<Result> = Generator<undefined, Result, undefined>;

/** All of it, while everything else waits: for the start, and for the command line. */
export function atOnce<Result>(steps: Steps<Result>): Result {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/** One step in each turn of the event loop. What the steps read may have changed from one to the next: hold on to it. */
export async function inTurns<Result>(steps: Steps<Result>): Promise<Result> {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    await nextTurn();
  }
}

/** Whatever is waiting has its turn. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

/** So many entries of a list are one step, where each is a matter of microseconds. */
const entriesAtOnce = 2_048;

/** Calls `use` for each entry of a list. */
export function* eachInSteps<Entry>(
  list: Pick<readonly Entry[], 'entries'>,
  use: (entry: Entry, index: number) => void,
): Steps<undefined> {
  for (const [index, entry] of list.entries()) {
    if (index > 0 && index % entriesAtOnce === 0) yield undefined;
    use(entry, index);
  }
  return undefined;
}
