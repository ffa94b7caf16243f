/** A row of the table of commands. */
import type { Arguments, CommandSpec } from './arguments.ts';
import type { Shell } from './shell.ts';

/** Does the command; resolves to the exit code. */
export type Run = (args: Arguments, shell: Shell) => Promise<number>;

export interface Command extends CommandSpec {
  /** What the first of its words alone does: `sluice budgets` is `sluice budgets list`. */
  readonly standsForGroup?: boolean | undefined;
  /** Loaded when it is used: a start of the gateway must not wait for the rest. */
  load(): Promise<Run>;
}
