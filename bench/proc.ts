/** Processor time and memory of other processes, from Linux's /proc; elsewhere unknown. */
import { readFileSync } from 'node:fs';

/** Clock ticks per second in /proc/PID/stat: 100 on every Linux that Node supports (USER_HZ, proc(5)). */
const ticksPerSecond = 100;

/** Whether this system tells processor time and memory of another process. */
export const procIsReadable = process.platform === 'linux';

function read(pid: number, file: string): string | undefined {
  if (!procIsReadable) return undefined;
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'latin1');
  } catch {
    return undefined;
  }
}

/** Processor time that all threads of a process have used, in microseconds (steps of 10,000); undefined where unknown. */
export function processorMicros(pid: number): number | undefined {
  const text = read(pid, 'stat');
  if (text === undefined) return undefined;
  // The name in parentheses may hold spaces; utime and stime are fields 14 and 15, so 12 and 13 after it (proc(5)).
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return ((Number(fields[11]) + Number(fields[12])) * 1_000_000) / ticksPerSecond;
}

/** Resident memory of a process in bytes; undefined where unknown. */
export function residentBytes(pid: number): number | undefined {
  const kilobytes = /^VmRSS:\s+(\d+) kB/m.exec(read(pid, 'status') ?? '')?.[1];
  return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
}
