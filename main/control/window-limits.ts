/** What the window may not ask, though its owner may: calls of the shell of this machine, and paths that a caller gives (SEC-33). */
import { calls } from '../../shared/contract/contract.ts';
import { readCandidate } from '../config/candidate-rules.ts';

/** With a link a page could sign in other browsers. */
const shellCalls: ReadonlySet<string> = new Set(['app.link', 'app.prove']);
const fileFields = ['terms_files', 'env_files'] as const;

/** Why this may not be asked, for people; `undefined`: it may, right or wrong. */
export function notForWindow(name: string, input: unknown): string | undefined {
  if (shellCalls.has(name)) return `${name} is for the shell of this machine, not for a browser.`;
  const field = name === 'policy.backtest' ? fileFieldOf(input) : undefined;
  return field && `masking.${field} names files, which are read for \`sluice policy backtest\` alone.`;
}

function fileFieldOf(input: unknown): string | undefined {
  const parsed = calls['policy.backtest'].input.safeParse(input);
  if (!parsed.success || parsed.data.rules === null) return undefined;
  const masking = maskingIn(parsed.data.rules);
  if (typeof masking !== 'object' || masking === null) return undefined;
  return fileFields.find((name) => {
    const files = (masking as Readonly<Record<string, unknown>>)[name];
    return files !== undefined && files !== null && !(Array.isArray(files) && files.length === 0);
  });
}

function maskingIn(rules: { readonly file: string; readonly text: string }): unknown {
  try {
    return readCandidate(rules).sections.masking;
  } catch {
    // Nothing is read for what cannot be read itself; the call says what is wrong with it.
    return undefined;
  }
}
