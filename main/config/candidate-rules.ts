/** Sections of masking and firewall in a file that is only tried: another config file, or a policy bundle. */
import { ConfigError, renderPath, type ConfigPath, type ConfigProblem } from './problems.ts';
import { readSource, type ConfigSource } from './source.ts';

/** A file and what it says. */
export interface CandidateFile {
  /** As people know it. */
  readonly file: string;
  readonly text: string;
}

export interface CandidateRules {
  /** As they would stand in the config file; absent ones are not in the candidate. */
  readonly sections: { readonly masking?: unknown; readonly firewall?: unknown };
  /** Where a value of these sections, or the key it stands under, is in the candidate; `undefined` for any other section. */
  readonly locate: (path: ConfigPath, part: 'key' | 'value') => Place | undefined;
}

interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

type Fields = Readonly<Record<string, unknown>>;

/** Where a policy bundle has its sections, the stronger first. */
const bundleParts = ['enforced', 'defaults'] as const;
/** What a bundle may say beside a value. */
const besideValue: ReadonlySet<string> = new Set(['value', 'reason', 'ref']);

/** Throws `ConfigError` where the file cannot be read, or has neither section. */
export function readCandidate({ file, text }: CandidateFile): CandidateRules {
  const read = readSource(text, file);
  if (!read.ok) throw new ConfigError(read.problems);
  const { source } = read;
  const found = plainFields(source, file);
  const taken = new Taken();
  const isBundle = bundleParts.some((part) => part in found);
  const sections = isBundle ? bundleSections(found, taken) : configSections(found, taken);
  if (sections.masking === undefined && sections.firewall === undefined)
    throw new ConfigError([
      about(file, 'there is no section "masking" and no section "firewall" in it', 'Give one of them'),
    ]);
  return {
    sections,
    locate(path, part) {
      const from = taken.originOf(path);
      return from && { file, ...source.locate(from, part) };
    },
  };
}

/** What a section on masking that is right otherwise does not say: whether it is to be on. */
export function checkEnabled({ sections, locate }: CandidateRules): void {
  const place = locate(['masking'], 'key');
  if (place === undefined || !isFields(sections.masking) || 'enabled' in sections.masking) return;
  const mend = 'Add enabled: true, or enabled: false to try without it';
  throw new ConfigError([{ ...place, path: 'masking', problem: 'masking is not enabled', mend }]);
}

function configSections(found: Fields, taken: Taken): CandidateRules['sections'] {
  const of = (name: string): unknown => {
    const section = found[name];
    // An empty section says nothing.
    return section === undefined || section === null ? undefined : taken.take(section, [name], [name]);
  };
  return { masking: of('masking'), firewall: of('firewall') };
}

/** What is enforced counts before what is suggested; a bundle that has a section on masking means it to be on. */
function bundleSections(found: Fields, taken: Taken): CandidateRules['sections'] {
  const masking: Record<string, unknown> = {};
  const firewall: unknown[] = [];
  let [hasMasking, hasFirewall] = [false, false];
  for (const part of bundleParts) {
    const sections = found[part];
    if (!isFields(sections)) continue;
    if (isFields(sections['masking'])) {
      hasMasking = true;
      for (const [name, value] of Object.entries(sections['masking']))
        if (!(name in masking)) masking[name] = taken.leaf(value, ['masking', name], [part, 'masking', name]);
    }
    const rules = sections['firewall'];
    if (!Array.isArray(rules)) continue;
    hasFirewall = true;
    for (const [index, rule] of rules.entries())
      firewall.push(taken.leaf(rule, ['firewall', firewall.length], [part, 'firewall', index]));
  }
  return {
    masking: hasMasking ? { enabled: true, ...masking } : undefined,
    firewall: hasFirewall ? firewall : undefined,
  };
}

/** What was taken out of a file, and where each of it stands there. */
class Taken {
  readonly #origins = new Map<string, ConfigPath>();

  take(value: unknown, at: ConfigPath, from: ConfigPath): unknown {
    return this.#walk(value, { at, from, unwraps: false });
  }

  /** The same of a bundle, where a value may be given with its reason. */
  leaf(value: unknown, at: ConfigPath, from: ConfigPath): unknown {
    return this.#walk(value, { at, from, unwraps: true });
  }

  /** Of the nearest that was there. */
  originOf(path: ConfigPath): ConfigPath | undefined {
    for (let length = path.length; length > 0; length--) {
      const from = this.#origins.get(renderPath(path.slice(0, length)));
      if (from !== undefined) return from;
    }
    return undefined;
  }

  #walk(value: unknown, place: { at: ConfigPath; from: ConfigPath; unwraps: boolean }): unknown {
    const { at, from, unwraps } = place;
    const inside = (inner: unknown, step: string | number): unknown =>
      this.#walk(inner, { at: [...at, step], from: [...from, step], unwraps });
    if (unwraps && isFields(value) && isWrapped(value))
      return this.#walk(value['value'], { at, from: [...from, 'value'], unwraps });
    this.#origins.set(renderPath(at), from);
    if (Array.isArray(value)) return value.map(inside);
    if (!isFields(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, inside(inner, name)]));
  }
}

function isWrapped(fields: Fields): boolean {
  return 'value' in fields && Object.keys(fields).every((name) => besideValue.has(name));
}

function plainFields(source: ConfigSource, file: string): Fields {
  let value: unknown;
  try {
    value = source.document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new ConfigError([about(file, `cannot be read: ${why}`, 'Write repeated values out')]);
  }
  if (isFields(value)) return value;
  throw new ConfigError([
    about(file, 'this is no config file and no policy bundle', 'Give one, with a section "masking" or "firewall"'),
  ]);
}

function about(file: string, problem: string, mend: string): ConfigProblem {
  return { file, line: 1, column: 1, path: '', problem, mend };
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
