// Programs of Windows that the app asks, for the stand-in on another system: a machine that nobody manages.
import childProcess from 'node:child_process';
import { syncBuiltinESMExports } from 'node:module';

type Done = (error: Error | null, stdout: string, stderr: string) => void;
type ExecFile = (file: string, args: readonly string[], options: object, done: Done) => unknown;

/** What `reg query` lists of a key: the keys below it. */
const listing = '\r\nHKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\Microsoft\r\n';

/** From now on `reg.exe` answers; all other programs are as missing as they are. */
export function haveWindowsPrograms(): void {
  const real = childProcess.execFile as unknown as ExecFile;
  const execFile: ExecFile = (file, args, options, done) => {
    if (!/\\reg\.exe$/i.test(file)) return real(file, args, options, done);
    setImmediate(() => done(null, listing, ''));
    return undefined;
  };
  Object.assign(childProcess, { execFile });
  syncBuiltinESMExports();
}
