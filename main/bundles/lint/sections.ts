/** Looks at the entries of a bundle one by one: patterns that can be run, names that are used once, words that find something. */
import type { BundleSections } from '../../../shared/bundle/sections.ts';
import { conditionProblems } from '../../config/condition-checks.ts';
import { zoneMend } from '../../config/entry-checks.ts';
import { globProblem } from '../../kit/glob.ts';
import { matchesPattern, patternProblem } from '../../kit/pattern.ts';
import { eachInSteps, type Steps } from '../../kit/steps.ts';
import type { LintReport, Path } from './finding.ts';

type Condition = Parameters<typeof conditionProblems>[0];

export function* lintSections(sections: BundleSections, part: string, report: LintReport): Steps<void> {
  lintGlobs(sections, part, report);
  lintIds(sections, part, report);
  lintPatterns(sections, part, report);
  lintConditions(sections, part, report);
  yield* lintTerms(sections, part, report);
  lintTemplates(sections, part, report);
  lintLimits(sections, part, report);
}

// ---------------------------------------------------------------- names and patterns

function lintGlobs({ providers, models, masking, tools }: BundleSections, part: string, report: LintReport): void {
  const lists: readonly (readonly [readonly string[] | undefined, Path])[] = [
    [providers?.allow, ['providers', 'allow']],
    [providers?.deny, ['providers', 'deny']],
    [models?.allow, ['models', 'allow']],
    [models?.deny, ['models', 'deny']],
    [masking?.exclude?.providers, ['masking', 'exclude', 'providers']],
    [masking?.exclude?.clients, ['masking', 'exclude', 'clients']],
    [tools?.allow, ['tools', 'allow']],
    [tools?.deny, ['tools', 'deny']],
  ];
  for (const [globs, path] of lists) {
    const seen = new Set<string>();
    for (const [index, glob] of (globs ?? []).entries()) {
      const at = [part, ...path, index];
      const problem = globProblem(glob);
      if (problem !== undefined)
        report.problem(at, `"${glob}" ${problem}`, 'Write a name; "*" stands for any characters');
      else if (seen.has(glob)) report.warning(at, `"${glob}" stands here twice`, 'Keep one of the two');
      seen.add(glob);
    }
  }
}

function lintIds(sections: BundleSections, part: string, report: LintReport): void {
  const { routes, budgets, rate_limits, masking, firewall, templates, clients } = sections;
  const unique = (entries: readonly (string | undefined)[], path: Path, name: string): void => {
    const seen = new Set<string>();
    for (const [index, id] of entries.entries()) {
      if (id === undefined) continue;
      if (seen.has(id))
        report.problem([part, ...path, index, name], `${name} "${id}" is used twice`, 'Give each its own');
      seen.add(id);
    }
  };
  unique(
    (routes ?? []).map(({ id }) => id),
    ['routes'],
    'id',
  );
  unique(
    (budgets ?? []).map(({ id }) => id),
    ['budgets'],
    'id',
  );
  unique(
    (rate_limits ?? []).map(({ id }) => id),
    ['rate_limits'],
    'id',
  );
  unique(
    (masking?.patterns ?? []).map(({ id }) => id),
    ['masking', 'patterns'],
    'id',
  );
  unique(
    (firewall ?? []).map(({ id }) => id),
    ['firewall'],
    'id',
  );
  unique(
    (templates ?? []).map(({ id }) => id),
    ['templates'],
    'id',
  );
  unique(
    (clients ?? []).map(({ client }) => client),
    ['clients'],
    'client',
  );
  const detectors = (masking?.detectors ?? []).map((one) => (typeof one === 'string' ? one : one.id));
  unique(detectors, ['masking', 'detectors'], 'id');
}

function lintPatterns({ masking, firewall, routes }: BundleSections, part: string, report: LintReport): void {
  const look = (pattern: string, path: Path): void => {
    const problem = patternProblem(pattern);
    if (problem !== undefined) report.problem([part, ...path], `the pattern ${problem}`, 'Write it in RE2 syntax');
    else if (matchesPattern(pattern, ''))
      report.problem(
        [part, ...path],
        'the pattern fits an empty text, so it fits everywhere',
        'Ask for at least one character, for example with + in place of *',
      );
  };
  for (const [index, { pattern, flags = '' }] of (masking?.patterns ?? []).entries())
    look(flags === '' ? pattern : `(?${flags})${pattern}`, ['masking', 'patterns', index, 'pattern']);
  for (const [index, { pattern }] of (firewall ?? []).entries())
    if (pattern !== undefined) look(pattern, ['firewall', index, 'pattern']);
  for (const [index, { fallbacks }] of (routes ?? []).entries())
    for (const [at, on] of fallbacks.on.entries())
      if (typeof on !== 'string' && on.body !== undefined)
        look(on.body, ['routes', index, 'fallbacks', 'on', at, 'body']);
}

function lintConditions(
  { routes, budgets, rate_limits, firewall }: BundleSections,
  part: string,
  report: LintReport,
): void {
  const look = (when: Condition | undefined, path: Path): void => {
    if (when === undefined) return;
    for (const { path: inner, problem, mend } of conditionProblems(when))
      report.problem([part, ...path, 'when', ...inner], problem, mend);
  };
  for (const [index, route] of (routes ?? []).entries()) {
    look(route.when, ['routes', index]);
    for (const [at, target] of route.targets.entries())
      if (typeof target !== 'string') look(target.when, ['routes', index, 'targets', at]);
  }
  for (const [index, { when }] of (budgets ?? []).entries()) look(when, ['budgets', index]);
  for (const [index, { when }] of (rate_limits ?? []).entries()) look(when, ['rate_limits', index]);
  for (const [index, { when }] of (firewall ?? []).entries()) look(when, ['firewall', index]);
}

// ---------------------------------------------------------------- words, templates, limits

/** Two letters stand in every other word. */
const minTermLength = 3;

function* lintTerms({ masking }: BundleSections, part: string, report: LintReport): Steps<void> {
  const seen = new Set<string>();
  yield* eachInSteps(masking?.terms ?? [], (term, index) => {
    const at = [part, 'masking', 'terms', index];
    const word = term.trim().toLowerCase();
    // Three letters of an alphabet; a word of two signs is a whole one in Chinese.
    if (word.length < minTermLength && /^[\p{Script=Latin}\p{N}\p{P}\p{S}]*$/u.test(word))
      report.warning(
        at,
        `"${term}" is so short that it is found in what has nothing to do with it`,
        `Take ${minTermLength} letters or more`,
      );
    else if (seen.has(word)) report.warning(at, `"${term}" stands here twice`, 'Keep one of the two');
    seen.add(word);
  });
}

function lintTemplates({ templates }: BundleSections, part: string, report: LintReport): void {
  for (const [index, { body, variables }] of (templates ?? []).entries()) {
    const path = [part, 'templates', index];
    const used = new Set([...body.matchAll(/\{\{\s*([A-Za-z_]\w*)\s*\}\}/g)].map((match) => match[1] ?? ''));
    for (const name of used)
      if (variables !== undefined && !variables.includes(name))
        report.warning([...path, 'body'], `{{${name}}} is no variable of the template`, 'Add it to variables');
    for (const [at, name] of (variables ?? []).entries())
      if (!used.has(name)) report.warning([...path, 'variables', at], `the body does not use {{${name}}}`, 'Remove it');
  }
}

function lintLimits({ budgets, rate_limits, firewall }: BundleSections, part: string, report: LintReport): void {
  for (const [index, budget] of (budgets ?? []).entries()) {
    const path = [part, 'budgets', index];
    const mend = budget.timezone === undefined ? undefined : zoneMend(budget.timezone);
    if (mend !== undefined)
      report.problem([...path, 'timezone'], `there is no time zone "${budget.timezone ?? ''}"`, mend);
    if (budget.reset_day !== undefined && budget.period !== 'week' && budget.period !== 'month')
      report.problem(
        [...path, 'reset_day'],
        `reset_day means nothing for period ${budget.period}`,
        'Remove it, or use period week or month',
      );
    if (budget.reset_day !== undefined && budget.period === 'week' && budget.reset_day > 7)
      report.problem(
        [...path, 'reset_day'],
        `reset_day ${budget.reset_day} is no day of a week`,
        'Use 1 (Monday) to 7 (Sunday)',
      );
    lintMatch(budget, path, report);
  }
  for (const [index, limit] of (rate_limits ?? []).entries()) {
    const path = [part, 'rate_limits', index];
    lintMatch(limit, path, report);
    if (limit.rpm === undefined && limit.tpm === undefined && limit.max_parallel_requests === undefined)
      report.problem(path, 'it limits nothing', 'Give rpm, tpm or max_parallel_requests');
    if (limit.burst !== undefined && limit.rpm === undefined)
      report.problem([...path, 'burst'], 'burst is a part of rpm, which is not there', 'Add rpm, or remove it');
  }
  for (const [index, { topics }] of (firewall ?? []).entries())
    for (const [at, topic] of topics.entries())
      if (topic.trim().length < minTermLength)
        report.warning(
          [part, 'firewall', index, 'topics', at],
          `"${topic}" is so short that it is found everywhere`,
          `Take ${minTermLength} letters or more`,
        );
}

function lintMatch(
  { scope, match }: { scope: string; match?: string | undefined },
  path: Path,
  report: LintReport,
): void {
  if (match === undefined) {
    if (scope === 'tag')
      report.problem(
        [...path, 'scope'],
        'scope tag names no tag, so it would count everything',
        'Add match: NAME or NAME=VALUE',
      );
    return;
  }
  const problem = ['key', 'provider', 'model'].includes(scope) ? globProblem(match) : undefined;
  if (scope === 'global')
    report.problem([...path, 'match'], 'match means nothing for scope global, which is everybody', 'Remove it');
  else if (problem !== undefined)
    report.problem([...path, 'match'], `"${match}" ${problem}`, 'Write a name; "*" stands for any characters');
}
