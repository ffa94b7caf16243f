/** Checks of `masking`: every name means something, every pattern can be run, and nothing is off that seems to be on. */
import type { Config } from '../../shared/config/config.ts';
import { usualKinds } from '../../shared/config/masking.ts';
import type { FoundKind } from '../../shared/domain/masking.ts';
import { matchesPattern, patternProblem } from '../kit/pattern.ts';
import { looksFor } from './compile-masking.ts';
import { checkGlobs, checkUnique } from './entry-checks.ts';
import { checkKnown, providerIds } from './policy-checks.ts';
import type { ConfigPath, Findings } from './problems.ts';

export function checkMasking(config: Config, findings: Findings): void {
  const { masking } = config;
  checkDetectors(config, findings);
  checkUnique(masking.patterns, ['masking', 'patterns'], 'id', findings);
  for (const [index, { pattern }] of masking.patterns.entries())
    checkPattern(pattern, ['masking', 'patterns', index, 'pattern'], findings);
  checkWhere(config, masking.exclude, ['masking', 'exclude'], findings);
  for (const [index, override] of masking.overrides.entries())
    checkWhere(config, override, ['masking', 'overrides', index], findings);
  checkOverridden(config, findings);
  checkEffect(config, findings);
  if (config.logging.content === 'redacted' && !masking.enabled) {
    const mend = 'Set masking.enabled to true, or record metadata or full';
    findings.problem(['logging', 'content'], 'nothing is masked, so nothing can be recorded in its masked form', mend);
  }
}

/** A pattern that a text can be searched for: in RE2 syntax, and of more than nothing. */
export function checkPattern(pattern: string, path: ConfigPath, findings: Findings): void {
  const problem = patternProblem(pattern);
  if (problem !== undefined) findings.problem(path, `the pattern ${problem}`, 'Write it in RE2 syntax');
  else if (matchesPattern(pattern, '')) {
    const mend = 'Ask for at least one character, for example with + in place of *';
    findings.problem(path, 'the pattern fits an empty text, so it fits everywhere', mend);
  }
}

function checkDetectors({ masking }: Config, findings: Findings): void {
  const seen = new Set<FoundKind>();
  for (const [index, detector] of masking.detectors.entries()) {
    const path = ['masking', 'detectors', index];
    const id = kindOf(detector);
    if (seen.has(id)) findings.problem(path, `"${id}" is named twice`, 'Name each kind once');
    seen.add(id);
    if (typeof detector === 'string') continue;
    checkGlobs(detector.restore_in_tools ?? [], [...path, 'restore_in_tools'], findings);
    if (detector.replace === 'format' && id !== 'email') {
      const mend = 'Leave it out: placeholders of this kind are words of letters and digits';
      findings.problem([...path, 'replace'], `"${id}" has no placeholder in its own format, only "email" has`, mend);
    }
  }
}

interface Where {
  readonly providers: readonly string[];
  readonly routes?: readonly string[];
  readonly clients: readonly string[];
}

/** Of clients any name may come with a request. */
function checkWhere(config: Config, where: Where, path: ConfigPath, findings: Findings): void {
  const known = {
    provider: providerIds(config),
    route: new Set(config.routes.flatMap(({ id, alias }) => id ?? alias)),
  };
  const routes = where.routes ?? [];
  for (const [name, globs] of Object.entries({ providers: where.providers, routes, clients: where.clients }))
    checkGlobs(globs, [...path, name], findings);
  for (const [index, glob] of where.providers.entries())
    checkKnown('provider', glob, known.provider, [...path, 'providers', index], findings);
  for (const [index, glob] of routes.entries())
    checkKnown('route', glob, known.route, [...path, 'routes', index], findings);
}

type Override = Config['masking']['overrides'][number];

/** The last one that fits counts: one that fits less than a later one never does. */
function checkOverridden({ masking }: Config, findings: Findings): void {
  const { overrides } = masking;
  const on = new Set<FoundKind>();
  for (const one of masking.detectors) if (typeof one === 'string' || one.mode !== 'off') on.add(kindOf(one));
  for (const [index, override] of overrides.entries()) {
    const later = overrides.findIndex((other, at) => at > index && covers(other, override, on));
    if (later === -1) continue;
    const problem = `this override never counts: number ${String(later + 1)} fits wherever it does`;
    findings.warning(['masking', 'overrides', index], problem, 'Put it behind that one');
  }
}

/** Kinds that are off are meant only where they are named. */
function covers(wider: Override, { detectors, ...where }: Override, on: ReadonlySet<FoundKind>): boolean {
  const isKind =
    wider.detectors.length === 0 ? detectors.every((kind) => on.has(kind)) : includesAll(wider.detectors, detectors);
  const isPlace = (['providers', 'routes', 'clients'] as const).every(
    (name) => wider[name].length === 0 || includesAll(wider[name], where[name]),
  );
  return isKind && isPlace;
}

function includesAll<Name>(names: readonly Name[], some: readonly Name[]): boolean {
  return some.length > 0 && some.every((name) => names.includes(name));
}

function kindOf(detector: Config['masking']['detectors'][number]): FoundKind {
  return typeof detector === 'string' ? detector : detector.id;
}

/** Settings that do nothing because another one is not what it must be. */
function checkEffect({ masking }: Config, findings: Findings): void {
  if (!masking.enabled) {
    const { detectors, terms, terms_files, patterns, env_files, overrides } = masking;
    const isUsual = usualKinds.every((kind, index) => detectors[index] === kind);
    const isWritten = [terms, terms_files, patterns, env_files, overrides].some((list) => list.length > 0);
    if (isWritten || !isUsual)
      findings.warning(['masking'], 'masking is not enabled: nothing is looked for', 'Add enabled: true', 'key');
    return;
  }
  const kinds = looksFor(masking);
  if (kinds.size === 0) {
    findings.warning(['masking'], 'masking looks for nothing', 'Name detectors, terms or patterns', 'key');
  }
  if (masking.env_files.length > 0 && !kinds.has('secrets')) {
    const problem = 'env_files means nothing while secrets are not looked for';
    findings.warning(['masking', 'env_files'], problem, 'Add secrets to detectors', 'key');
  }
}
