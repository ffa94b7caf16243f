/** The config file as the window reads and changes it: parsed, without secrets, with the place of every value. */
import { createHash } from 'node:crypto';
import { isAlias, isMap, isNode, isScalar, isSeq, type Document } from 'yaml';
import { editableSections, type ConfigEdit, type OriginEntry } from '../../shared/contract/config.ts';
import type { CallOutput, ParsedInput } from '../../shared/contract/contract.ts';
import { GatewayError } from '../../shared/errors/gateway-error.ts';
import { applyEdit } from './config-edits.ts';
import { checkChange } from './change-rules.ts';
import { refusal, rewritten, type FileChange, type FileChanged, type Loaded } from './file-change.ts';
import { lineDiff } from './line-diff.ts';
import { parseConfig, type ParsedConfig } from './parse.ts';
import { privateValues } from './private-values.ts';
import { ConfigError, type ConfigPath } from './problems.ts';
import { readSource } from './source.ts';

export interface ConfigEditingNeeds {
  readonly file: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly loaded: () => Loaded;
  /** Brings what runs up to the file, unless that has problems; answers the text of the file. */
  readonly refresh: () => Promise<string>;
  /** In force when it resolves. */
  readonly change: (change: FileChange) => Promise<FileChanged>;
}

/** Promises may reject with a `GatewayError`. */
export interface ConfigEditing {
  read(): Promise<CallOutput<'config.read'>>;
  /** All of it or nothing; in force when it resolves. */
  change(input: ParsedInput<'config.change'>): Promise<CallOutput<'config.change'>>;
}

/** Sections that are shown and not changed. */
const shownSections = ['listen', 'store', 'telemetry'] as const;

/** A list with more entries has an origin for itself and none for each of them. */
const maxListed = 1_000;
/** Each edit is placed in the file for itself, which keeps the lines between two of them, up to this many characters of work. */
const maxPlaced = 300_000;

export function createConfigEditing(needs: ConfigEditingNeeds): ConfigEditing {
  return {
    async read() {
      const text = await needs.refresh();
      const { parsed } = needs.loaded();
      return { revision: revisionOf(text), config: shownConfig(parsed), origins: originsIn(parsed) };
    },
    async change({ edits, revision, dry_run }) {
      for (const { path } of edits) checkSection(path);
      const { before, loaded } = await needs.change({
        rewrite: (_parsed, text) => {
          if (revision !== undefined && revision !== revisionOf(text)) throw changedMeanwhile();
          return withEdits(text, edits, needs.file);
        },
        accept: (was, is) => {
          checkChange(was.config, is.config);
        },
        dryRun: dry_run,
      });
      return {
        revision: revisionOf(dry_run ? before : loaded.text),
        diff: lineDiff(shownText(before, needs), shownText(loaded.text, needs)),
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

function changedMeanwhile(): GatewayError {
  return new GatewayError(
    'control.refused',
    'The config file was changed meanwhile. Read it again and make the change on what it holds now.',
  );
}

function withEdits(text: string, edits: readonly ConfigEdit[], file: string): string {
  const groups = edits.length * text.length > maxPlaced ? [edits] : edits.map((edit) => [edit]);
  return groups.reduce((current, group) => {
    const read = readSource(current, file);
    if (!read.ok) throw refusal(new ConfigError(read.problems));
    const { document, habits } = read.source;
    const before = JSON.stringify(document.toJS());
    for (const edit of group) applyEdit(document, edit);
    return JSON.stringify(document.toJS()) === before ? current : rewritten(document, habits);
  }, text);
}

// ---------------------------------------------------------------- what is shown

function shownConfig({ config }: ParsedConfig): Record<string, unknown> {
  const shown = structuredClone(config);
  for (const { path, shown: text } of privateValues(config)) {
    let at: unknown = shown;
    for (const step of path.slice(0, -1)) at = (at as Record<string | number, unknown>)[step];
    (at as Record<string | number, unknown>)[path.at(-1) ?? ''] = text;
  }
  return Object.fromEntries([...editableSections, ...shownSections].map((name) => [name, shown[name]]));
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
function shownText(text: string, { file, now }: Pick<ConfigEditingNeeds, 'file' | 'now'>): string {
  const result = parseConfig(text, { file, now: now() });
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
