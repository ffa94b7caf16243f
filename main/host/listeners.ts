/** Who listens on a TCP port, read from Linux's /proc: for the message about a taken port. */
import { readdir, readlink } from 'node:fs/promises';
import { basename } from 'node:path';

/** State "listen" in /proc/net/tcp. */
const listening = '0A';

/** `name (process 123)`, or `undefined` when the system does not tell. */
export async function findListener(port: number, read: (file: string) => Promise<string>): Promise<string | undefined> {
  const inodes = new Set<string>();
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
    const text = await read(table).catch(() => '');
    for (const line of text.split('\n').slice(1)) {
      const fields = line.trim().split(/\s+/);
      if (fields[3] === listening && parseInt(fields[1]?.split(':')[1] ?? '', 16) === port && fields[9] !== undefined)
        inodes.add(fields[9]);
    }
  }
  if (inodes.size === 0) return undefined;
  const processes = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  for (const pid of processes) {
    // Other users' processes do not show their files.
    const descriptors = await readdir(`/proc/${pid}/fd`).catch(() => []);
    for (const descriptor of descriptors) {
      const link = await readlink(`/proc/${pid}/fd/${descriptor}`).catch(() => '');
      const inode = /^socket:\[(\d+)\]$/.exec(link)?.[1];
      if (inode !== undefined && inodes.has(inode)) return `${await nameOf(pid, read)} (process ${pid})`;
    }
  }
  return undefined;
}

/** Node calls its main thread so, and the system takes that for the name of the process. */
const nodeMainThread = 'MainThread';

/** The program's name without its arguments: those may hold secrets. */
async function nameOf(pid: string, read: (file: string) => Promise<string>): Promise<string> {
  const name = (await read(`/proc/${pid}/comm`).catch(() => '')).trim();
  if (name !== '' && name !== nodeMainThread) return name;
  const [program = ''] = (await read(`/proc/${pid}/cmdline`).catch(() => '')).split('\0');
  return basename(program) === '' ? 'another program' : basename(program);
}
