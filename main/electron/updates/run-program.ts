/** Asks a program of the system something, without a shell: what it is given is arguments and environment, never a command. */
import { execFile } from 'node:child_process';
import type { RunProgram } from './windows-signature.ts';

const timeoutMs = 30_000;

export const runProgram: RunProgram = (program, args, environment) =>
  new Promise((resolve, reject) => {
    const options = { env: environment, shell: false, windowsHide: true, timeout: timeoutMs };
    execFile(program, [...args], options, (error, stdout) => {
      if (error === null) resolve(stdout);
      else reject(new Error(error.message, { cause: error }));
    });
  });
