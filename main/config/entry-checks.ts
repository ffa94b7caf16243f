/** Checks of single entries wherever in the file they stand: names, patterns, references to secrets. */
import { globProblem } from '../kit/glob.ts';
import { isTimeZone } from '../kit/time-zone.ts';
import { nearestName, type ConfigPath, type Findings } from './problems.ts';
import { parseReference, referenceProblem } from './secrets.ts';

/** Two entries of a list must not have the same name. */
export function checkUnique<T>(list: readonly T[], path: ConfigPath, name: keyof T & string, findings: Findings): void {
  const seen = new Set<unknown>();
  for (const [index, entry] of list.entries()) {
    const value = entry[name];
    if (value === undefined) continue;
    if (seen.has(value)) {
      findings.problem([...path, index, name], `${name} "${String(value)}" is used twice`, 'Give each its own name');
    }
    seen.add(value);
  }
}

/** Patterns with something in them that would not do what it seems to. */
export function checkGlobs(patterns: readonly string[], path: ConfigPath, findings: Findings): void {
  for (const [index, pattern] of patterns.entries()) {
    const problem = globProblem(pattern);
    // A lone pattern stands at the path itself, one of a list at its place in it.
    const at = path.at(-1) === 'model' || path.at(-1) === 'alias' ? path : [...path, index];
    if (problem !== undefined)
      findings.problem(at, `"${pattern}" ${problem}`, 'Write a name; "*" stands for any characters');
  }
}

/** Empty, placeholder and misspelt references are problems; a literal secret is a warning. */
export function checkReference(text: string, path: ConfigPath, findings: Findings, hashes: boolean): void {
  const found = referenceProblem(text, hashes);
  if (found !== undefined) {
    findings.problem(path, found.problem, found.mend);
    return;
  }
  const reference = parseReference(text);
  if (reference.kind !== 'literal') return;
  findings.warning(path, 'a secret stands in the file itself', 'Refer to it: env:NAME, file:/path or secret:ID');
  // Shorter than that it can be guessed: 16 random letters are about 80 bits.
  if (hashes && reference.value.reveal().length < 16) {
    findings.warning(path, 'the key is short enough to guess', 'Let sluice keys create make one');
  }
}

/** Origins of web pages: exact ones. */
export function checkOrigins(origins: readonly string[], path: ConfigPath, findings: Findings): void {
  for (const [index, origin] of origins.entries()) {
    const url = URL.parse(origin);
    if (url !== null && url.origin === origin && !origin.includes('*')) continue;
    const near = url === null || url.origin === 'null' || origin.includes('*') ? 'https://app.example.com' : url.origin;
    findings.problem(
      [...path, index],
      `"${origin}" is not an exact origin`,
      `Write scheme, host and port, e.g. ${near}`,
    );
  }
}

/** What mends the name of a time zone there is none of; `undefined` for one there is. */
export function zoneMend(name: string): string | undefined {
  if (isTimeZone(name)) return undefined;
  const near = nearestName(name, Intl.supportedValuesOf('timeZone'));
  return near === undefined ? 'Use an IANA name, for example Europe/Berlin' : `Did you mean ${near}?`;
}
