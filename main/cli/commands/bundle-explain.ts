/** `sluice bundle explain`: what a bundle would decide about one request, and why. */
import { resolve } from 'node:path';
import { decisionCase, type DecisionCase } from '../../../shared/bundle/suite.ts';
import { plainOf, readLocated } from '../../bundles/author/located.ts';
import { bareName } from '../../bundles/expectations.ts';
import { rulesOf } from '../../bundles/rules-of.ts';
import { kindsFor, syntheticSnapshot } from '../../bundles/synthetic-config.ts';
import { momentOf, trialRequest } from '../../bundles/trial-request.ts';
import type { TrialOutcome, TrialRequest } from '../../bundles/types.ts';
import { printable } from '../../kit/printable.ts';
import type { Arguments } from '../arguments.ts';
import { readRequestFile } from '../explain/request-file.ts';
import { readText } from '../read-text.ts';
import { counted } from '../output.ts';
import { CommandError, FileProblem, UsageError, type Shell } from '../shell.ts';
import { readGivenBundle, type GivenBundle } from './bundle-read.ts';
import { authored, bundleOperand } from './bundle-support.ts';

export const explainBundle = authored(async (args: Arguments, shell: Shell): Promise<number> => {
  const file = args.text('request');
  if (file === undefined)
    throw new UsageError('Say what to explain: --request FILE, a request as JSON or a case of a decision test.');
  const given = await readGivenBundle(bundleOperand(args), args, shell);
  const { bundle } = given;
  const { request, user } = await readAsked(file, shell);
  const made = await syntheticSnapshot({
    ...{ bundles: [bundle], user, now: request.at },
    kinds: kindsFor([bundle], request.body['model'], request.path, user),
  });
  if (made.kind === 'refused') throw new CommandError(`The bundle cannot be run: ${made.text}`);
  const { createGatewayTools } = await import('../../decide.ts');
  const outcome = await createGatewayTools().decide(made.snapshot, request);
  if (args.flag('json')) shell.out(JSON.stringify(outcome));
  else for (const line of traceOf(outcome, given)) shell.out(printable(line));
  return outcome.decision === 'allow' ? 0 : 1;
});

interface Asked {
  readonly request: TrialRequest;
  readonly user: DecisionCase['user'];
}

async function readAsked(file: string, shell: Shell): Promise<Asked> {
  const place = { path: resolve(shell.cwd, file), shown: file };
  const text = await readText(place, 'a request as JSON, or a case of a decision test');
  const value = /\.ya?ml$/.test(file) ? yamlIn(text, file) : jsonIn(text);
  const one = caseIn(value, file);
  if (one !== undefined) {
    const suite = { suite: 'explain', cases: [one] };
    return { request: trialRequest(one, suite, momentOf(one, suite, shell.now())), user: one.user };
  }
  const { path = '/v1/chat/completions', headers = {}, body } = await readRequestFile(place, undefined);
  return {
    request: {
      ...{ path, headers, body: objectOf(body), client: undefined, metadata: {}, inputTokens: undefined },
      ...{ at: shell.now(), spent: new Map() },
    },
    user: undefined,
  };
}

/** As a case is written; what is no JSON is told by whoever reads a request. */
function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Throws `AuthorError` for its form, and `FileProblem` for what is no case. */
function yamlIn(text: string, file: string): unknown {
  const found = readLocated(text, file);
  const value = found === undefined ? undefined : plainOf(found);
  if (typeof value === 'object' && value !== null && ('request' in value || 'cases' in value)) return value;
  throw new FileProblem(`${file}:1:1: this is no case of a decision test. Give "request: { model: …, messages: … }".`);
}

/** No body of a request has a field `request`. */
function caseIn(value: unknown, file: string): DecisionCase | undefined {
  if (typeof value === 'object' && value !== null && 'cases' in value && Array.isArray(value.cases))
    throw new FileProblem(
      `${file}:1:1: this is a suite of ${counted(value.cases.length, 'case')}. Give one of them, in a file of its own: request, and user where it has one.`,
    );
  if (typeof value !== 'object' || value === null || !('request' in value)) return undefined;
  const read = decisionCase.safeParse({ name: 'explain', expect: {}, ...value });
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw new FileProblem(
    `${file}:1:1: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'this is no case of a decision test'}`,
  );
}

function objectOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};
}

/** One fact a line. */
function traceOf(outcome: TrialOutcome, given: GivenBundle): string[] {
  const { decision, status, code, message, rule, target, route, because, masked, losses, hit, sent } = outcome;
  const lines: (readonly [name: string, text: string | undefined])[] = [
    ['decision', decision === 'allow' ? 'allowed' : `refused with ${status} ${code ?? ''}`],
    ['by', rule === undefined ? undefined : placed(rule, given)],
    ['says', message],
    ['target', target],
    ['route', route],
    ['because', because === '' ? undefined : because],
    ...masked.map(({ rule: masker, count }) => ['masked', `${count} × ${masker}`] as const),
    ...losses.map((loss) => ['changed', loss] as const),
    ...hit.map((one) => ['had a say', placed(bareName(one), given)] as const),
    ['leaves', sent === '' ? undefined : sent],
  ];
  return lines.flatMap(([name, text]) => (text === undefined ? [] : [`${name.padEnd(10)} ${text}`]));
}

/** A rule with where it stands in the bundle. */
function placed(name: string, { bundle, place }: GivenBundle): string {
  const found = rulesOf(bundle.payload).find(({ hit }) => hit === name || bareName(hit) === name);
  return found === undefined ? name : `${name} (${found.label}, ${place(found.pointer)})`;
}
