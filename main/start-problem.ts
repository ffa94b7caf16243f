/** Why an instance could not start, for people: what was wrong, who holds what it needs, what mends it. */
import { readFile } from 'node:fs/promises';
import type { ManagedPolicy } from './bundles/face.ts';
import type { ManagedReading } from './bundles/managed.ts';
import { ConfigError, renderProblem } from './config/problems.ts';
import { AlreadyRunningError } from './control/local-socket.ts';
import { BindError } from './gateway/server.ts';

/** The machine is managed, and what that prescribes cannot be read. */
export class ManagedError extends Error {}

/** What whoever manages this machine prescribes. Throws `ManagedError`: nobody takes a broken prescription for none. */
export function managedOrRefused(reading: ManagedReading): ManagedPolicy | undefined {
  if (reading.kind === 'none') return undefined;
  if (reading.kind === 'managed') return reading.policy;
  throw new ManagedError(
    `This machine is managed, and ${reading.source} cannot be followed: ${reading.reason} Sluice does not start without its rules. Ask whoever manages this machine.`,
  );
}

/** The port of the window cannot be had. */
export class WindowError extends Error {
  readonly port: number;
  readonly code: unknown;

  constructor(port: number, cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.port = port;
    this.code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  }
}

/** One or more lines. */
export async function startProblem(error: unknown): Promise<string> {
  if (error instanceof ConfigError) return error.problems.map(renderProblem).join('\n');
  if (error instanceof BindError) {
    const holder = error.code === 'EADDRINUSE' ? await holderOf(error.port) : undefined;
    if (error.code !== 'EADDRINUSE') return `${error.message} Choose another address with --host or --port.`;
    const who = holder === undefined ? 'another program' : holder;
    return `Port ${String(error.port)} on ${error.host} is taken by ${who}. Stop it, or choose another port with --port or listen.port.`;
  }
  if (error instanceof WindowError && error.code === 'EADDRINUSE') {
    const who = (await holderOf(error.port)) ?? 'another program';
    return `Port ${String(error.port)} for the window is taken by ${who}. Stop it, choose another with --ui-port, or do without with --no-ui.`;
  }
  if (error instanceof WindowError)
    return `The window cannot be opened on port ${String(error.port)}: ${error.message} Choose another with --ui-port, or do without with --no-ui.`;
  if (error instanceof AlreadyRunningError || error instanceof ManagedError) return error.message;
  return `Sluice could not start: ${error instanceof Error ? error.message : String(error)}`;
}

/** Process that listens on a port, where the system tells it (Linux). */
async function holderOf(port: number): Promise<string | undefined> {
  if (process.platform !== 'linux') return undefined;
  const { findListener } = await import('./host/listeners.ts');
  return findListener(port, (file) => readFile(file, 'utf8'));
}
