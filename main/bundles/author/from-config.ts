/** What a bundle can say of a config: its rules, without keys, people and addresses of this machine. */
import { bundleSections } from '../../../shared/bundle/sections.ts';
import type { GatewayTools } from '../types.ts';
import { LintReport } from '../lint/finding.ts';
import { stepsOf } from './located.ts';
import { lintTexts } from '../lint/secrets.ts';

type Fields = Record<string, unknown>;

export interface BundleDraft {
  readonly enforced: Fields;
  readonly defaults: Fields;
  readonly secrets: readonly Fields[];
  /** What was left out, for people. */
  readonly left: readonly string[];
}

/** `config` and `origins` as `config.read` has them: only what somebody wrote is taken. */
export function draftFromConfig(
  config: Readonly<Fields>,
  origins: Readonly<Record<string, unknown>>,
  tools: Pick<GatewayTools, 'findSecrets'>,
): BundleDraft {
  const left: string[] = [];
  const isWritten = (pointer: string): boolean =>
    Object.keys(origins).some((one) => one === pointer || one.startsWith(`${pointer}/`));
  const take = (name: string, value: unknown): unknown =>
    isWritten(`/${name}`) ? fitting(name, value, left) : undefined;
  const models = fieldsOf(config['models']);
  const own = {
    providers:
      take('models', { allow: models['allow_providers'], deny: models['deny_providers'] }) === undefined
        ? undefined
        : fitting('providers', { allow: models['allow_providers'], deny: models['deny_providers'] }, left),
    models: take('models', pick(models, ['allow', 'deny', 'max_context_tokens', 'max_output_tokens'])),
    budgets: take('budgets', config['budgets']),
    rate_limits: take('rate_limits', config['rate_limits']),
    masking: take('masking', writtenMasking(fieldsOf(config['masking']), isWritten)),
    firewall: take('firewall', config['firewall']),
    tools: take('tools', config['tools']),
    logging: take(
      'logging',
      pick(
        fieldsOf(config['logging']),
        ['content', 'retention_days'].filter((name) => isWritten(`/logging/${name}`)),
      ),
    ),
  };
  const providers = listOf(config['providers']);
  const draft = {
    enforced: clean(own),
    defaults: clean({
      providers: providers.length === 0 ? undefined : fitting('providers', { define: defined(providers) }, left),
      routes: take('routes', config['routes']),
      pricing: take('pricing', config['pricing']),
    }),
    secrets: providers.flatMap(slotOf),
  };
  takeSecretsOut(draft, tools, left);
  return { ...draft, left };
}

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

function listOf(value: unknown): Fields[] {
  return Array.isArray(value) ? value.map(fieldsOf) : [];
}

function pick(fields: Readonly<Fields>, names: readonly string[]): Fields {
  return Object.fromEntries(names.filter((name) => fields[name] !== undefined).map((name) => [name, fields[name]]));
}

/** Without what says nothing: `null`, empty lists and empty sets of names. */
function clean(fields: Readonly<Fields>): Fields {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]) => {
      const plain = cleanValue(value);
      const isNothing = typeof plain === 'object' && plain !== null && Object.keys(plain).length === 0;
      return plain === undefined || plain === null || isNothing ? [] : [[name, plain]];
    }),
  );
}

function cleanValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(cleanValue);
  return typeof value === 'object' && value !== null ? clean(value as Fields) : value;
}

/** The part of a section that a bundle can say; entries with more than that lose it, entries that cannot do without are left out. */
function fitting(name: string, value: unknown, left: string[]): unknown {
  const shape = bundleSections.shape as Readonly<
    Record<string, { safeParse(value: unknown): { success: boolean; error?: Issues } }>
  >;
  let candidate = cleanValue(value);
  for (let round = 0; round < maxRounds; round += 1) {
    const checked = shape[name]?.safeParse(candidate);
    if (checked === undefined || checked.success) return candidate;
    const issue = checked.error?.issues[0];
    if (issue === undefined) return undefined;
    const names = issue.code === 'unrecognized_keys' ? (issue.keys ?? []) : [];
    const paths = names.length > 0 ? names.map((key) => [...issue.path, key]) : [issue.path];
    for (const path of paths) {
      if (path.length === 0) return undefined;
      left.push(`/${[name, ...path].join('/')}`);
      candidate = without(candidate, path);
    }
  }
  return undefined;
}

/** A config of a thousand entries, each with a name or two too many. */
const maxRounds = 5_000;

interface Issues {
  readonly issues: readonly {
    readonly code: string;
    readonly path: readonly PropertyKey[];
    readonly keys?: readonly string[];
  }[];
}

function without(value: unknown, [step, ...rest]: readonly PropertyKey[]): unknown {
  if (Array.isArray(value)) {
    return rest.length === 0
      ? value.filter((_, index) => index !== Number(step))
      : value.map((item: unknown, index) => (index === Number(step) ? without(item, rest) : item));
  }
  const fields = fieldsOf(value);
  const name = String(step);
  if (rest.length > 0) return { ...fields, [name]: without(fields[name], rest) };
  return Object.fromEntries(Object.entries(fields).filter(([key]) => key !== name));
}

const maskingNames = [
  'enabled',
  'detectors',
  'terms',
  'patterns',
  'exclude',
  'restore',
  'answers',
  'definitions',
  'media',
  'on_failure',
];

function writtenMasking(masking: Readonly<Fields>, isWritten: (pointer: string) => boolean): Fields {
  return pick(
    masking,
    maskingNames.filter((name) => isWritten(`/masking/${name}`)),
  );
}

const definitionNames = ['kind', 'base_url', 'region', 'local', 'api_version', 'project', 'location'];

/** No headers: who knows what stands in them. Each that has keys gets a slot in their place. */
function defined(providers: readonly Fields[]): Fields {
  return Object.fromEntries(
    providers.map((provider) => {
      const slot = slotOf(provider)[0]?.['id'];
      return [
        String(provider['id']),
        { ...pick(provider, definitionNames), ...(slot === undefined ? {} : { auth: { slot } }) },
      ];
    }),
  );
}

function slotOf({ id, keys }: Fields): Fields[] {
  return Array.isArray(keys) && keys.length > 0 ? [{ id, label: `Key of ${String(id)}`, provider: id }] : [];
}

/** What looks like a secret is left out, wherever it stands. */
function takeSecretsOut(
  draft: { enforced: Fields; defaults: Fields },
  tools: Pick<GatewayTools, 'findSecrets'>,
  left: string[],
): void {
  const report = new LintReport();
  lintTexts({ enforced: draft.enforced, defaults: draft.defaults }, tools, report);
  // From the end, so that places in lists stay what they were.
  for (const { pointer } of report.problems.toReversed()) {
    const [part, ...path] = stepsOf(pointer);
    if ((part !== 'enforced' && part !== 'defaults') || path.length === 0) continue;
    draft[part] = fieldsOf(without(draft[part], path));
    left.push(pointer);
  }
}
