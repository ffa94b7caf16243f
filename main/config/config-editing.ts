/** The config file as the window reads and changes it: parsed, without secrets, with the place of every value. */
import { createHash } from 'node:crypto';
import { isAlias, isMap, isNode, isScalar, isSeq, type Document } from 'yaml';
import { editableSections, type ConfigEdit, type OriginEntry } from '../../shared/contract/config.ts';
import type { ProvenanceEntry } from '../../shared/contract/bundles.ts';
import type { CallOutput, ParsedInput } from '../../shared/contract/contract.ts';
import { GatewayError } from '../../shared/errors/gateway-error.ts';
import { inTurns, type Steps } from '../kit/steps.ts';
import { applyEdit } from './config-edits.ts';
import { checkChange } from './change-rules.ts';
import { refusal, rewritten, type FileChange, type FileChanged, type Loaded } from './file-change.ts';
import { valueAt } from './explain.ts';
import { lineDiff } from './line-diff.ts';
import { parseSteps, type ParsedConfig } from './parse.ts';
import { privateValues } from './private-values.ts';
import { ConfigError, type ConfigPath } from './problems.ts';
import { sourceSteps } from './source.ts';
import { appliedTo, type TeamApplied } from './team-layer.ts';

export interface ConfigEditingNeeds {
  readonly file: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly loaded: () => Loaded;
  /** Brings what runs up to the file, unless that has problems; answers the text of the file. */
  readonly refresh: () => Promise<string>;
  /** In force when it resolves. */
  readonly change: (change: FileChange) => Promise<FileChanged>;
  /** Somebody tried to change what a bundle enforces. */
  readonly onLocked?: ((pointer: string, entry: ProvenanceEntry) => void) | undefined;
}

/** Promises may reject with a `GatewayError`. */
export interface ConfigEditing {
  read(): Promise<CallOutput<'config.read'>>;
  /** All of it or nothing; in force when it resolves. */
  change(input: ParsedInput<'config.change'>): Promise<CallOutput<'config.change'>>;
}

/** Sections that are shown and not changed. */
const shownSections = ['listen', 'store', 'telemetry', 'use_model', 'use_profile'] as const;

/** A list with more entries has an origin for itself and none for each of them. */
const maxListed = 1_000;
/** Each edit is placed in the file for itself, which keeps the lines between two of them, up to this many characters of work. */
const maxPlaced = 300_000;

export function createConfigEditing(needs: ConfigEditingNeeds): ConfigEditing {
  return {
    async read() {
      const text = await needs.refresh();
      const { parsed, sets } = needs.loaded();
      const applied = appliedTo(sets[0]);
      const config = withTeamValues(shownConfig(parsed), applied);
      return { revision: revisionOf(text), config, origins: withTeamOrigins(originsIn(parsed), applied) };
    },
    async change({ edits, revision, dry_run }) {
      for (const { path } of edits) checkSection(path);
      checkLocks(edits, needs);
      const { before, loaded } = await needs.change({
        *rewrite(_parsed, text) {
          if (revision !== undefined && revision !== revisionOf(text)) throw changedMeanwhile();
          return yield* withEdits(text, edits, needs.file);
        },
        accept: (was, is) => {
          checkChange(was.config, is.config);
        },
        dryRun: dry_run,
      });
      return {
        revision: revisionOf(dry_run ? before : loaded.text),
        diff: lineDiff(await shownText(before, needs), await shownText(loaded.text, needs)),
        warnings: [...loaded.parsed.findings.warnings],
      };
    },
  };
}

/** Changes with every character of the file. */
function revisionOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function checkSection([section = '']: ConfigPath): void {
  if ((editableSections as readonly string[]).includes(String(section))) return;
  throw new GatewayError(
    'control.refused',
    `"${String(section).slice(0, 64)}" is changed in the config file, not here. Here are: ${editableSections.join(', ')}.`,
  );
}

/** What a bundle enforces is not changed here: the file would say one thing, and another would hold. */
function checkLocks(edits: readonly ConfigEdit[], { loaded, onLocked }: ConfigEditingNeeds): void {
  const applied = appliedTo(loaded().sets[0]);
  if (applied === undefined) return;
  for (const edit of edits) {
    const { op, path } = edit;
    const pointer = pointerTo(path);
    const entry = applied.locked.get(pointer);
    // What holds anyway may be said, and what does not hold taken out.
    if (entry === undefined || op === 'remove') continue;
    if (op === 'set' && JSON.stringify(edit.value) === JSON.stringify(valueAt(applied.config, path))) continue;
    onLocked?.(pointer, entry);
    throw new GatewayError('control.refused', `${pointer} ${lockedBy(entry)}`, { details: { pointer } });
  }
}

/** `is set by acme-core@12 ("No previews"): ask #llm-platform.` */
function lockedBy({ bundle, reason, contact }: ProvenanceEntry): string {
  const why = reason === null ? '' : ` ("${reason}")`;
  const whom = contact?.text ?? contact?.url ?? undefined;
  return `is set by ${bundle ?? 'a team bundle'}${why} and cannot be changed here.${whom === undefined ? '' : ` Ask ${whom}.`}`;
}

/** Who says what does not hold as the file says it, and what the file leaves to a bundle. */
function withTeamOrigins(
  origins: Record<string, OriginEntry>,
  applied: TeamApplied | undefined,
): Record<string, OriginEntry> {
  const note = (pointer: string, { origin, reason, contact }: ProvenanceEntry, locked: boolean): void => {
    const whom = contact?.text ?? contact?.url ?? undefined;
    const why = [reason ?? undefined, whom].filter((part) => part !== undefined).join(' · ');
    origins[pointer] = { source: 'team', where: origin, locked, reason: why === '' ? null : why };
  };
  for (const [pointer, entry] of applied?.suggested ?? []) note(pointer, entry, false);
  for (const [pointer, entry] of applied?.locked ?? []) note(pointer, entry, true);
  return origins;
}

/** Single values as they hold. Lists stay those of the file, whose entries are changed by their places. */
function withTeamValues(shown: Record<string, unknown>, applied: TeamApplied | undefined): Record<string, unknown> {
  for (const pointer of [...(applied?.suggested.keys() ?? []), ...(applied?.locked.keys() ?? [])]) {
    const path = pathOf(pointer);
    const value = valueAt(applied?.config, path);
    if (typeof value === 'object' || value === undefined) continue;
    const parent = valueAt(shown, path.slice(0, -1));
    if (typeof parent === 'object' && parent !== null && !Array.isArray(parent))
      (parent as Record<string, unknown>)[path.at(-1) ?? ''] = value;
  }
  return shown;
}

function pathOf(pointer: string): readonly string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function changedMeanwhile(): GatewayError {
  return new GatewayError(
    'control.refused',
    'The config file was changed meanwhile. Read it again and make the change on what it holds now.',
  );
}

function* withEdits(text: string, edits: readonly ConfigEdit[], file: string): Steps<string> {
  const groups = edits.length * text.length > maxPlaced ? [edits] : edits.map((edit) => [edit]);
  let current = text;
  for (const group of groups) {
    const read = yield* sourceSteps(current, file);
    if (!read.ok) throw refusal(new ConfigError(read.problems));
    const { document, habits } = read.source;
    const before = JSON.stringify(document.toJS());
    for (const edit of group) applyEdit(document, edit);
    if (JSON.stringify(document.toJS()) !== before) current = yield* rewritten(document, habits);
  }
  return current;
}

// ---------------------------------------------------------------- what is shown

function shownConfig({ config }: ParsedConfig): Record<string, unknown> {
  const shown = structuredClone(config);
  for (const { path, shown: text } of privateValues(config)) {
    let at: unknown = shown;
    for (const step of path.slice(0, -1)) at = (at as Record<string | number, unknown>)[step];
    (at as Record<string | number, unknown>)[path.at(-1) ?? ''] = text;
  }
  const sections = [...editableSections, ...shownSections].map((name) => [name, shown[name]] as const);
  return Object.fromEntries(sections.filter(([, section]) => section !== undefined));
}

/** For each value that stands in the file, by JSON Pointer. */
function originsIn({ document, findings }: ParsedConfig): Record<string, OriginEntry> {
  const origins: Record<string, OriginEntry> = {};
  const note = (path: ConfigPath, value: unknown): void => {
    origins[pointerTo(path)] = { source: 'you', where: findings.origin(path), locked: false, reason: null };
    if (typeof value !== 'object' || value === null) return;
    if (!Array.isArray(value)) {
      for (const [name, inner] of Object.entries(value)) note([...path, name], inner);
    } else if (value.length <= maxListed) {
      for (const [index, inner] of (value as unknown[]).entries()) note([...path, index], inner);
    }
  };
  const plain = document.toJS() as Readonly<Record<string, unknown>>;
  for (const name of [...editableSections, ...shownSections]) {
    if (plain[name] !== undefined && plain[name] !== null) note([name], plain[name]);
  }
  return origins;
}

function pointerTo(path: ConfigPath): string {
  return path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/** A text of the file in which nothing stands that is not shown. */
async function shownText(text: string, { file, now }: Pick<ConfigEditingNeeds, 'file' | 'now'>): Promise<string> {
  const result = await inTurns(parseSteps(text, { file, now: now() }));
  if (!result.ok) throw refusal(new ConfigError(result.problems));
  const { config, document, habits } = result.parsed;
  const places = privateValues(config).flatMap(({ path, shown }) => {
    const [start, end] = rangeOf(document, path) ?? [];
    return start === undefined || end === undefined ? [] : [{ start, end, shown }];
  });
  // From the end, so that the places before stay where they are. What two names stand for is one place.
  const fromEnd = [...new Map(places.map((place) => [place.start, place])).values()].sort((a, b) => b.start - a.start);
  let masked = habits.text;
  for (const { start, end, shown } of fromEnd) {
    const lines = masked.slice(start, end).split('\n').length;
    masked = `${masked.slice(0, start)}${shown}${'\n'.repeat(lines - 1)}${masked.slice(end)}`;
  }
  return masked;
}

function rangeOf(document: Document, path: ConfigPath): readonly [start: number, end: number] | undefined {
  let node: unknown = document.contents;
  for (const step of path) {
    if (isAlias(node)) node = node.resolve(document);
    if (isMap(node))
      node = node.items.find(({ key }) => (isScalar(key) ? String(key.value) : String(key)) === String(step))?.value;
    else if (isSeq(node)) node = node.items[Number(step)];
  }
  if (isAlias(node)) node = node.resolve(document);
  return isNode(node) && node.range ? [node.range[0], node.range[1]] : undefined;
}
