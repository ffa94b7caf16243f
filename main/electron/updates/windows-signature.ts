/** The code signature of an installer, asked of Windows without a shell (SEC-26): a file name is never part of a command. */
import { win32 } from 'node:path';

const pathVariable = 'SLUICE_UPDATE_FILE';
/** Both facts as one object; the path comes from the environment. */
const question = [
  `$signature = Get-AuthenticodeSignature -LiteralPath $env:${pathVariable};`,
  '@{ status = "$($signature.Status)"; subject = "$($signature.SignerCertificate.Subject)" } | ConvertTo-Json -Compress',
].join(' ');

export interface SignatureFacts {
  /** `Valid`, `NotSigned`, `HashMismatch`, … */
  readonly status: string;
  readonly subject: string;
}

/** Runs a program without a shell. Resolves with what it wrote. */
export type RunProgram = (
  program: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
) => Promise<string>;

/**
 * For electron-updater's `verifyUpdateCodeSignature`, in place of its own, which puts the name of the file into the command line of
 * a shell. `null`: signed by one of the publishers; else why not. An answer that cannot be had is a refusal.
 */
export function windowsSignatureCheck(systemRoot: string, run: RunProgram) {
  const powershell = win32.join(systemRoot, 'System32', 'WindowsPowerShell', 'v1.0', 'powershell.exe');
  return async (publishers: readonly string[], file: string): Promise<string | null> => {
    try {
      const answer = await run(powershell, ['-NoProfile', '-NonInteractive', '-Command', question], {
        SystemRoot: systemRoot,
        [pathVariable]: file,
      });
      return refusalOf(JSON.parse(answer) as SignatureFacts, publishers);
    } catch (error) {
      return `Windows did not say whether it is signed: ${error instanceof Error ? error.message : String(error)}`;
    }
  };
}

export function refusalOf({ status, subject }: SignatureFacts, publishers: readonly string[]): string | null {
  if (status !== 'Valid') return `its code signature is not valid (${status})`;
  const present = namesIn(subject);
  // A publisher is a whole distinguished name, of which every part must be there, or the common name alone.
  const isKnown = publishers.some((publisher) => {
    const wanted = namesIn(publisher);
    if (wanted.size === 0) return publisher === present.get('CN');
    return [...wanted].every(([part, value]) => present.get(part) === value);
  });
  return isKnown ? null : `it is signed by somebody else (${subject})`;
}

/** `CN="Example, Inc.", O=Example`: its parts by name. The first of two alike counts. */
function namesIn(subject: string): Map<string, string> {
  const parts = new Map<string, string>();
  for (const [, name = '', quoted, plain] of subject.matchAll(
    /([A-Za-z0-9.]+)=(?:"((?:[^"]|"")*)"|([^,]*))(?:,\s*|$)/g,
  )) {
    const key = name.toUpperCase();
    if (!parts.has(key)) parts.set(key, quoted?.replaceAll('""', '"') ?? plain?.trim() ?? '');
  }
  return parts;
}
