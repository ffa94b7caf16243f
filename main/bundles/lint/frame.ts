/** Looks at what a bundle says of itself: how long it holds, which slots it has, whether anything tests it. */
import { durationMs, type BundlePayload } from '../../../shared/bundle/payload.ts';
import { secretIdPattern } from '../../../shared/domain/secret-id.ts';
import { daysText, type LintReport } from './finding.ts';

const dayMs = 86_400_000;
/** BND-20: longer ones would outlive whoever signed them. */
const maxDays = 400;
/** Less than this leaves no time to notice and to publish anew. */
const nearDays = 14;

export function lintFrame(payload: BundlePayload, report: LintReport): void {
  lintExpiry(payload, report);
  lintOffline(payload, report);
  lintSlots(payload, report);
  const { enforced, defaults, tests, rollout, status } = payload;
  if (enforced === undefined && defaults === undefined)
    report.warning([], 'the bundle sets nothing', 'Add enforced: or defaults:');
  if (tests.length === 0 && enforced !== undefined)
    report.warning([], 'nothing tests what it enforces', 'Add tests/*.yaml: given this request, expect this decision');
  lintTests(payload, report);
  if (rollout?.percent === 0)
    report.warning(['rollout', 'percent'], 'nobody gets it: 0 percent', 'Begin with a few percent');
  if (status?.url?.startsWith('http:') === true)
    report.warning(['status', 'url'], 'reports would go over plain http', 'Use https');
}

function lintExpiry({ enforced, issued_at, expires_at, not_before }: BundlePayload, report: LintReport): void {
  const issued = Date.parse(issued_at);
  if (expires_at === undefined) {
    if (enforced !== undefined && Object.keys(enforced).length > 0)
      report.problem(
        [],
        'expires_at is missing, and something is enforced',
        `Add expires_at, or expires_after: P90D, at most ${maxDays} days`,
      );
    return;
  }
  const days = (Date.parse(expires_at) - issued) / dayMs;
  const path = ['expires_at'];
  if (days <= 0) report.problem(path, 'it expires before it is issued', 'Name a later moment');
  else if (days > maxDays)
    report.problem(path, `it holds for ${Math.ceil(days)} days, more than ${maxDays}`, 'Name an earlier moment');
  else if (days < nearDays)
    report.warning(
      path,
      `it holds for ${daysText(days)} only`,
      'Whoever is away for a while is left without it: take 30 days or more',
    );
  if (not_before !== undefined && Date.parse(not_before) >= Date.parse(expires_at))
    report.problem(['not_before'], 'it begins to hold after it expires', 'Name an earlier moment');
}

function lintOffline({ offline }: BundlePayload, report: LintReport): void {
  const poll = offline?.poll === undefined ? undefined : durationMs(offline.poll);
  if (poll !== undefined && (poll < 300_000 || poll > dayMs))
    report.problem(['offline', 'poll'], 'it is looked for every 5 minutes to 24 hours', 'Write PT15M');
  if (offline?.on_expiry === 'restrict' && offline.restrict_to === undefined)
    report.problem(
      ['offline', 'on_expiry'],
      'restrict says to what by restrict_to, which is not there',
      'Add restrict_to: { models: { allow: […] } }',
    );
  if (offline?.on_expiry !== 'restrict' && offline?.restrict_to !== undefined)
    report.warning(
      ['offline', 'restrict_to'],
      'restrict_to means nothing without on_expiry: restrict',
      'Add it, or remove this',
    );
}

function lintSlots({ id: bundle, secrets, enforced, defaults }: BundlePayload, report: LintReport): void {
  for (const [index, { id }] of secrets.entries()) {
    if (secretIdPattern.test(`${bundle}.${id}`)) continue;
    const problem = `"${bundle}.${id}" is no name that a key can be kept under: it has more than 64 characters`;
    report.problem(['secrets', index, 'id'], problem, 'Shorten the id of the slot');
  }
  const ids = new Set(secrets.map(({ id }) => id));
  const used = new Set<string>();
  for (const [part, sections] of [
    ['enforced', enforced],
    ['defaults', defaults],
  ] as const) {
    for (const [id, { auth }] of Object.entries(sections?.providers?.define ?? {})) {
      if (auth === undefined) continue;
      used.add(auth.slot);
      if (!ids.has(auth.slot))
        report.problem(
          [part, 'providers', 'define', id, 'auth', 'slot'],
          `there is no slot "${auth.slot}"`,
          'Add it to secrets',
        );
    }
  }
  for (const [index, { id, provider }] of secrets.entries())
    if (!used.has(id) && provider === undefined)
      report.warning(
        ['secrets', index, 'id'],
        `no provider takes its key from slot "${id}"`,
        'Name its provider, or remove it',
      );
}

function lintTests({ tests }: BundlePayload, report: LintReport): void {
  const suites = new Set<string>();
  for (const [index, { suite, cases }] of tests.entries()) {
    if (suites.has(suite))
      report.warning(['tests', index, 'suite'], `two suites are called "${suite}"`, 'Give each its own name');
    suites.add(suite);
    for (const [at, { expect }] of cases.entries())
      if (Object.keys(expect).length === 0)
        report.problem(
          ['tests', index, 'cases', at, 'expect'],
          'the case expects nothing',
          'Add decision: allow, or deny',
        );
  }
}
