/** Whether a compiled bundle is one: every problem of schema and lint with the place where a person wrote it. */
import { sectionNames } from '../../../shared/bundle/sections.ts';
import { GatewayError } from '../../../shared/errors/gateway-error.ts';
import { nearestName } from '../../config/problems.ts';
import { maxEnvelopeBytes } from '../envelope.ts';
import { lintBundle, type LintFinding } from '../lint.ts';
import { danglingAliases } from '../lint/effect.ts';
import { daysText } from '../lint/finding.ts';
import { conflictsOf } from '../merge/merge.ts';
import { readBundle } from '../read.ts';
import type { GatewayTools, LayeredBundle, ReadBundle } from '../types.ts';
import { authoringNames, type CompiledBundle } from './compile.ts';
import { AuthorError, inOrder, problemAt, type AuthorProblem } from './problems.ts';

/** A publisher may write for an app that is newer than this one. */
export const anyApp = '9999.0.0';
const dayMs = 86_400_000;
/** Time to publish anew before anybody is left without it. */
const nearDays = 14;

/** Throws `AuthorError` with everything that the schema objects to. */
export function readCompiled(compiled: CompiledBundle): ReadBundle {
  const problems: AuthorProblem[] = [];
  let { payload } = compiled;
  for (;;) {
    const read = attempt(payload);
    if (!(read instanceof GatewayError)) {
      if (problems.length === 0) return read;
      break;
    }
    problems.push(...problemsOf(read, compiled));
    // A section that is not known refuses the bundle before the rest of it is looked at.
    const rest = read.code === 'bundle.unknown_section' ? without(payload, read.param ?? '') : payload;
    if (rest === payload) break;
    payload = rest;
  }
  throw new AuthorError(inOrder(problems));
}

function attempt(payload: string): ReadBundle | GatewayError {
  try {
    return readBundle(Buffer.from(payload), { appVersion: anyApp });
  } catch (error) {
    if (error instanceof GatewayError) return error;
    throw error;
  }
}

/** The same bundle less a section; the same text where it has none of the name. */
function without(payload: string, pointer: string): string {
  const [, part = '', name = ''] = pointer.split('/');
  const { [part]: sections, ...rest } = JSON.parse(payload) as Record<string, Record<string, unknown> | undefined>;
  if (sections === undefined || !Object.hasOwn(sections, name)) return payload;
  const kept = Object.fromEntries(Object.entries(sections).filter(([one]) => one !== name));
  return JSON.stringify({ ...rest, [part]: kept });
}

function problemsOf(error: GatewayError, { sources }: CompiledBundle): AuthorProblem[] {
  const { problems } = (error.details ?? {}) as { readonly problems?: unknown };
  if (!Array.isArray(problems) || problems.length === 0)
    // Its line is that of the compiled text; who writes YAML is told the place there.
    return [
      problemAt(
        sources.at(error.param ?? '', error.code === 'bundle.unknown_section' ? 'key' : 'value'),
        error.message.replace(/^the bundle:\d+: /, ''),
        '',
        error.param,
      ),
    ];
  return problems.map((one: { readonly pointer: string; readonly problem: string; readonly mend: string }) => {
    const isName = /^unknown name|cannot be a name/.test(one.problem);
    return problemAt(sources.at(one.pointer, isName ? 'key' : 'value'), one.problem, mendFor(one), one.pointer);
  });
}

/** The schema is that of a published bundle; whoever writes one has some names more. */
function mendFor({ pointer, mend }: { readonly pointer: string; readonly mend: string }): string {
  if (/^\/[^/]*$/.test(pointer) && mend.startsWith('Known here: ')) return [mend, ...authoringNames].join(', ');
  return mend;
}

export interface Checked {
  readonly bundle: ReadBundle;
  readonly problems: readonly AuthorProblem[];
  readonly warnings: readonly AuthorProblem[];
}

export interface LintOptions {
  readonly tools: Pick<GatewayTools, 'findSecrets'>;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Bundles that people follow besides. */
  readonly others: readonly ReadBundle[];
}

/** Schema and lint. Throws `AuthorError` where the schema objects: what lint would say of the rest would be guessing. */
export function lintCompiled(compiled: CompiledBundle, options: LintOptions): Checked {
  const bundle = readCompiled(compiled);
  const { problems, warnings } = lintBundle(bundle, options.tools);
  const placed = (finding: LintFinding): AuthorProblem => {
    const { pointer, text, mend } = finding;
    return problemAt(compiled.sources.at(pointer), text, mend, pointer);
  };
  const payloads = options.others.map(({ payload }) => payload);
  return {
    bundle,
    problems: inOrder([
      ...[...problems, ...danglingAliases(bundle.payload, payloads)].map(placed),
      ...conflictProblems(bundle, options.others, compiled),
      ...expiryFindings(bundle, options.now, 'problem', compiled),
      ...sizeProblems(compiled),
    ]),
    warnings: inOrder([
      ...warnings.map(placed),
      ...ignoredSections(bundle, compiled),
      ...expiryFindings(bundle, options.now, 'warning', compiled),
    ]),
  };
}

/** What allows nothing any more beside another bundle (BND-34). */
function conflictProblems(
  bundle: ReadBundle,
  others: readonly ReadBundle[],
  { sources }: CompiledBundle,
): AuthorProblem[] {
  if (others.length === 0) return [];
  const layered = [bundle, ...others].map((one): LayeredBundle => ({
    bundle: one,
    layer: one.payload.layer,
    defaultsOnly: false,
    expired: undefined,
    held: new Map(),
  }));
  return conflictsOf(layered).map(({ pointer, text }) =>
    problemAt(sources.at(`/enforced${pointer}`), text, 'Allow something that all of them allow', `/enforced${pointer}`),
  );
}

/** BND-22: what only newer versions know may be suggested; here it is a slip more often. */
function ignoredSections({ ignored, payload }: ReadBundle, { sources }: CompiledBundle): AuthorProblem[] {
  return ignored.flatMap((pointer) => {
    const name = /^\/defaults\/(.*)$/s.exec(pointer)?.[1];
    if (name === undefined || payload.optional_sections.includes(name)) return [];
    const near = nearestName(name, sectionNames);
    const mend =
      near === undefined
        ? 'Remove it, or list it in optional_sections if newer versions know it'
        : `Did you mean ${near}?`;
    const place = sources.at(`/defaults/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`, 'key');
    return [
      problemAt(place, `"${name}" is no section that this version of Sluice knows, and is left out`, mend, pointer),
    ];
  });
}

/** Room in the envelope for what stands around the payload: names, and signatures of a few keys. */
const envelopeFrameBytes = 2_048;

/** BND-10: what is larger once it is signed is taken by nobody. */
function sizeProblems({ payload, sources }: CompiledBundle): AuthorProblem[] {
  const sizeBytes = Math.ceil(Buffer.byteLength(payload) / 3) * 4 + envelopeFrameBytes;
  if (sizeBytes <= maxEnvelopeBytes) return [];
  const problem = `it would have about ${sizeBytes} bytes when it is signed, and ${maxEnvelopeBytes} are allowed`;
  return [problemAt(sources.at(''), problem, 'Leave something out: long lists of terms weigh most')];
}

function expiryFindings(
  { payload }: ReadBundle,
  now: number,
  kind: 'problem' | 'warning',
  { sources }: CompiledBundle,
): AuthorProblem[] {
  if (payload.expires_at === undefined) return [];
  const days = (Date.parse(payload.expires_at) - now) / dayMs;
  const place = sources.at('/expires_at');
  if (days <= 0)
    return kind === 'problem' ? [problemAt(place, 'it is over already', 'Name a later moment', '/expires_at')] : [];
  const isNear = kind === 'warning' && days < nearDays;
  return isNear ? [problemAt(place, `it ends in ${daysText(days)}`, 'Name a later moment', '/expires_at')] : [];
}
