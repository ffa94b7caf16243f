/** Turns what the schema objects to into sentences for people: what was expected, what was found, what is near. */
import type * as z from 'zod';
import { nearestName, type ConfigPath, type Findings } from './problems.ts';

type Issue = z.core.$ZodIssue;

/** Adds one finding per issue. `value` is the file as plain data; `schema` says which names exist where. */
export function explainIssues(issues: readonly Issue[], schema: z.ZodType, value: unknown, findings: Findings): void {
  for (const issue of issues) explainIssue(issue, [], schema, value, findings);
}

function explainIssue(issue: Issue, base: ConfigPath, schema: z.ZodType, root: unknown, findings: Findings): void {
  const path = [...base, ...issue.path.map((step) => (typeof step === 'symbol' ? String(step) : step))];
  const found = valueAt(root, path);
  switch (issue.code) {
    case 'unrecognized_keys':
      for (const key of issue.keys) explainUnknownKey(path, key, schema, root, findings);
      return;
    case 'invalid_union': {
      if (found === undefined) {
        const name = String(path.at(-1));
        findings.problem(path, `${name} is missing`, `Add ${name}: ${expectedOf(issue.errors)}`);
        return;
      }
      const branch = likelyBranch(issue.errors, found);
      if (branch === undefined) {
        findings.problem(
          path,
          `expected ${expectedOf(issue.errors)}, found ${typeof found === 'string' ? 'text' : describe(found)}`,
          '',
        );
      } else {
        for (const inner of branch) explainIssue(inner, path, schema, root, findings);
      }
      return;
    }
    case 'invalid_type':
      explainType(path, issue.expected, found, findings);
      return;
    case 'invalid_key':
      findings.problem(path, `"${String(path.at(-1))}" cannot be a name here`, 'Use letters, digits and "-"', 'key');
      return;
    default:
      explainValue(issue, path, found, findings);
  }
}

function explainType(path: ConfigPath, expected: string, found: unknown, findings: Findings): void {
  if (found === undefined) {
    const name = String(path.at(-1));
    findings.problem(path, `${name} is missing`, `Add ${name}: ${typeName(expected)}`);
    return;
  }
  const quote = expected === 'string' && (typeof found === 'number' || typeof found === 'boolean');
  // A text is not repeated: `keys: [sk-…]` is an easy mistake, and this goes to the log.
  const problem = `${nameOf(path)}expected ${typeName(expected)}, found ${typeof found === 'string' ? 'text' : describe(found)}`;
  findings.problem(path, problem, quote ? `Put it in quotes: "${String(found)}"` : typeMend(expected, found));
}

function typeMend(expected: string, found: unknown): string {
  const text = typeof found === 'string' ? found.trim() : undefined;
  if (
    text !== undefined &&
    ['number', 'int', 'integer'].includes(expected) &&
    text !== '' &&
    Number.isFinite(Number(text))
  ) {
    return `Remove the quotes: ${text}`;
  }
  if (expected === 'boolean') return 'Write true or false';
  if (expected === 'array') return 'Write a list: [a, b], or one "- " per line';
  if (expected === 'record' || expected === 'object') return 'Write "name: value" pairs';
  return '';
}

/** What is counted rather than measured: one, several. */
const sizes: Readonly<Record<string, readonly [one: string, several: string]>> = {
  array: ['entry', 'entries'],
  string: ['character', 'characters'],
};

function explainValue(issue: Issue, path: ConfigPath, found: unknown, findings: Findings): void {
  const name = nameOf(path);
  switch (issue.code) {
    case 'invalid_value': {
      if (found === undefined) {
        explainType(path, issue.values.map(String).join(' | '), found, findings);
        return;
      }
      const values = issue.values.map(String);
      const near = typeof found === 'string' ? nearestName(found, values) : undefined;
      const mend = near === undefined ? `Use ${oneOf(values)}` : `Did you mean ${near}? Use ${oneOf(values)}`;
      findings.problem(path, `${name}${describe(found)} is not known`, mend);
      return;
    }
    case 'too_small':
    case 'too_big': {
      const isSmall = issue.code === 'too_small';
      const limit = String(isSmall ? issue.minimum : issue.maximum);
      const counted = sizes[issue.origin];
      const unit = counted === undefined ? '' : ` ${counted[limit === '1' ? 0 : 1]}`;
      const problem =
        counted === undefined ? `${describe(found)} is out of range` : isSmall ? 'is too short' : 'is too long';
      findings.problem(path, `${name}${problem}`, `Use ${isSmall ? 'at least' : 'at most'} ${limit}${unit}`);
      return;
    }
    case 'custom': {
      const mend: unknown = issue.params?.['mend'];
      const subject = typeof found === 'string' || typeof found === 'number' ? `${describe(found)} ` : '';
      findings.problem(path, `${name}${subject}${issue.message}`, typeof mend === 'string' ? mend : '');
      return;
    }
    case 'invalid_format':
      // What a schema says of its own pattern; without a word of its own the library speaks.
      if (!issue.message.startsWith('Invalid ')) {
        findings.problem(path, `${name}${describe(found)} ${issue.message}`, '');
        return;
      }
      findings.problem(path, `${name}${describe(found)} does not have the right form`, formatMend(issue));
      return;
    default:
      findings.problem(path, `${name}${issue.message}`, '');
  }
}

function formatMend(issue: Extract<Issue, { code: 'invalid_format' }>): string {
  if (issue.format === 'url') return 'Write a whole URL';
  if (issue.format === 'date' || issue.format === 'datetime') return 'Write 2027-01-01T00:00:00Z';
  return issue.pattern === undefined ? '' : `It must match ${issue.pattern}`;
}

function explainUnknownKey(path: ConfigPath, key: string, schema: z.ZodType, root: unknown, findings: Findings): void {
  const names = namesAt(schema, path, root);
  const near = nearestName(key, names);
  const where = path.length === 0 ? '' : ` in ${nameOf(path).replace(/: $/, '')}`;
  const mend = near === undefined ? `Known here: ${[...names].join(', ')}` : `Did you mean ${near}?`;
  findings.problem([...path, key], `unknown name "${key}"${where}`, mend, 'key');
}

/** Of several alternatives the one the author meant: the one whose outermost type fits. */
function likelyBranch(errors: readonly (readonly Issue[])[], found: unknown): readonly Issue[] | undefined {
  const fitting = errors.filter(
    (branch) => !branch.some((issue) => issue.path.length === 0 && isOtherType(issue, found)),
  );
  return fitting.length === 1 ? fitting[0] : undefined;
}

/** A list of words is no alternative to a number or a set of names. */
function isOtherType(issue: Issue, found: unknown): boolean {
  if (issue.code === 'invalid_value') return issue.values.every((value) => typeof value !== typeof found);
  return issue.code === 'invalid_type';
}

function expectedOf(errors: readonly (readonly Issue[])[]): string {
  const kinds = errors.flat().map((issue) => {
    if (issue.code === 'invalid_type') return typeName(issue.expected);
    return issue.code === 'invalid_value' ? oneOf(issue.values.map(String)) : 'another form';
  });
  return [...new Set(kinds)].join(' or ');
}

function typeName(expected: string): string {
  const names: Readonly<Record<string, string>> = {
    string: 'text',
    number: 'a number',
    int: 'a whole number',
    boolean: 'true or false',
    array: 'a list',
    object: 'a set of "name: value" pairs',
    record: 'a set of "name: value" pairs',
  };
  return names[expected] ?? expected;
}

/** A value as it may be shown. Long text is cut: a secret in the wrong place must not be printed whole. */
function describe(value: unknown): string {
  if (value === null) return 'nothing';
  if (typeof value === 'string') return `"${value.length > 40 ? `${value.slice(0, 12)}…` : value}"`;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) return 'a list';
  return value === undefined ? 'nothing' : 'a set of "name: value" pairs';
}

function nameOf(path: ConfigPath): string {
  const names = path.filter((step) => typeof step === 'string');
  return names.length === 0 ? '' : `${String(names.at(-1))}: `;
}

function oneOf(values: readonly string[]): string {
  if (values.length <= 1) return values.join('');
  return `${values.slice(0, -1).join(', ')} or ${values.at(-1) ?? ''}`;
}

export function valueAt(root: unknown, path: ConfigPath): unknown {
  let value = root;
  for (const step of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Record<string | number, unknown>)[step];
  }
  return value;
}

/** The names the schema knows for the object at `path`. */
function namesAt(schema: z.ZodType, path: ConfigPath, root: unknown): ReadonlySet<string> {
  let at: readonly z.core.$ZodType[] = [schema];
  for (const step of path) at = at.flatMap((one) => unwrap(one)).flatMap((one) => child(one, step));
  const names = new Set<string>();
  const present = valueAt(root, path);
  if (typeof present !== 'object') return names;
  for (const one of at.flatMap((inner) => unwrap(inner))) {
    const def = definition(one);
    if (def.type === 'object' && def.shape !== undefined) for (const name of Object.keys(def.shape)) names.add(name);
  }
  return names;
}

interface Definition {
  readonly type: string;
  readonly shape?: Readonly<Record<string, z.core.$ZodType>>;
  readonly element?: z.core.$ZodType;
  readonly innerType?: z.core.$ZodType;
  readonly options?: readonly z.core.$ZodType[];
  readonly in?: z.core.$ZodType;
  readonly valueType?: z.core.$ZodType;
}

function definition(schema: z.core.$ZodType): Definition {
  return schema._zod.def;
}

/** Through defaults, optionals, transforms and unions down to plain shapes. */
function unwrap(schema: z.core.$ZodType): z.core.$ZodType[] {
  const def = definition(schema);
  const inner = def.innerType ?? def.in;
  if (inner !== undefined) return unwrap(inner);
  return def.options === undefined ? [schema] : def.options.flatMap((option) => unwrap(option));
}

function child(schema: z.core.$ZodType, step: string | number): z.core.$ZodType[] {
  const def = definition(schema);
  const found = typeof step === 'number' ? def.element : (def.shape?.[step] ?? def.valueType);
  return found === undefined ? [] : [found];
}
