/** One request body looked through: what stands where, and the body with any choice of it replaced. */
import { hash } from 'node:crypto';
import type { FoundKind, KindCounts } from '../../../../shared/domain/masking.ts';
import type { SurfaceId } from '../../../../shared/domain/dialect.ts';
import { leafText, textsOf, type Leaf, type LeafText } from '../../dialects/leaves.ts';
import type { JsonDocument } from '../../dialects/document.ts';
import type { Finding } from '../detectors/detector.ts';
import { resolveOverlaps } from '../detectors/overlaps.ts';
import { removedMark, withoutCuts, type Cut } from '../firewall/strip.ts';
import { GenerationMap } from '../../../kit/generations.ts';
import { BareValues } from './bare-values.ts';
import type { Conversation } from './conversation.ts';
import { isData, meantValue } from './escapes.ts';
import type { Finder } from './finder.ts';
import { ruleOf, type NamedFinding } from './kind-modes.ts';
import type { KnownText, PlacedFinding, Places } from './places.ts';

/** Texts up to this long, which leaves give as texts of their own, are their own names in the memo; those of longer ones are digests. */
const maxNameChars = 1_024;
/** Findings of some hundred thousand texts. */
const memoBytes = 32 * 1024 * 1024;
const entryBytes = 160;
const findingBytes = 96;

/** Some milliseconds of work: then others may have their turn. */
const pauseAfter = 500;

const nothing: readonly Finding[] = [];
/** Before the names of texts that nobody looks through. */
const unlooked = 'unlooked\0';

/** What has been found in texts, by their names: shared by all requests, for the same text gives the same findings. */
export type FindingsMemo = GenerationMap<KnownText>;

export function createFindingsMemo(): FindingsMemo {
  return new GenerationMap(memoBytes);
}

const nowhere: Places = { version: 0, known: nothing, all: [] };

/** One text of the body and what was found in it. */
export class ScannedLeaf {
  readonly leaf: Leaf;
  /** What the same text is called wherever it stands. */
  readonly name: string;
  places: Places = nowhere;
  #content: LeafText | undefined;

  constructor(leaf: Leaf, document: JsonDocument) {
    this.leaf = leaf;
    this.name = nameOf(leaf, document);
  }

  get findings(): readonly PlacedFinding[] {
    return this.places.all;
  }

  /** Worked out when it is first asked for: most texts are known by their names. */
  get content(): LeafText {
    this.#content ??= leafText(this.leaf);
    return this.#content;
  }
}

export interface ScanInput {
  readonly document: JsonDocument;
  readonly surface: SurfaceId;
  readonly conversation: Conversation;
  readonly finder: Finder;
  readonly memo: FindingsMemo;
  /** Descriptions of tools are looked through like everything else. */
  readonly definitions: boolean;
  /** Called again and again: what to wait for, so that others have their turn. Throws when the time is up. */
  readonly turn: () => Promise<void> | undefined;
}

/** Looks through every text of the body, then for every value that was found anywhere in the conversation. */
export async function scanBody(input: ScanInput): Promise<BodyScan> {
  const { conversation } = input;
  const leaves: ScannedLeaf[] = [];
  const known: KnownText[] = [];
  const texts = textsOf(input.document, input.surface, { definitions: true });
  for (const leaf of texts.leaves) {
    const scanned = new ScannedLeaf(leaf, input.document);
    leaves.push(scanned);
    const wait = input.turn();
    if (wait !== undefined) await wait;
    known.push(remembered(scanned, input) ?? (await look(scanned, input)));
  }
  // All of them before the first is looked for: what gives a value away may stand behind it.
  for (const [index, scanned] of leaves.entries()) await learn(scanned, known[index] as KnownText, input);
  for (const [index, scanned] of leaves.entries()) {
    const wait = input.turn();
    if (wait !== undefined) await wait;
    const text = known[index] as KnownText;
    scanned.places = placesKnown(text, conversation) ?? (await placesIn(scanned, text, input));
  }
  const words = await lookAt([...texts.words].join('\n'), undefined, input);
  return new BodyScan(input.document, leaves, words);
}

/** Descriptions of tools may be left alone, but for what is known of the conversation. */
function isLookedAt({ leaf }: ScannedLeaf, { definitions }: ScanInput): boolean {
  return leaf.place !== 'definition' || definitions;
}

function remembered(scanned: ScannedLeaf, input: ScanInput): KnownText | undefined {
  return input.memo.get(isLookedAt(scanned, input) ? scanned.name : `${unlooked}${scanned.name}`);
}

async function look(scanned: ScannedLeaf, input: ScanInput): Promise<KnownText> {
  const isLooked = isLookedAt(scanned, input);
  const name = isLooked ? scanned.name : `${unlooked}${scanned.name}`;
  const found = isLooked ? await lookAt(scanned.content.text, scanned.leaf.field, input) : nothing;
  const kept: KnownText = { findings: found.length === 0 ? nothing : found };
  input.memo.set(name, kept, entryBytes + 2 * name.length + found.length * findingBytes);
  return kept;
}

async function lookAt(
  text: string,
  field: string | undefined,
  { finder, turn }: ScanInput,
): Promise<readonly Finding[]> {
  const steps = finder.steps(text, field);
  for (;;) {
    const wait = turn();
    if (wait !== undefined) await wait;
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/** What stands in a text may stand elsewhere as well. */
async function learn(scanned: ScannedLeaf, text: KnownText, { conversation, turn }: ScanInput): Promise<void> {
  if (text.findings.length === 0 || conversation.places.has(text)) return;
  const { text: whole } = scanned.content;
  for (const [index, { kind, start, end }] of text.findings.entries()) {
    const wait = index % pauseAfter === 0 ? turn() : undefined;
    if (wait !== undefined) await wait;
    conversation.known.add(kind, whole.slice(start, end));
  }
}

/** `undefined` where the text, or a value that may stand in it, is new. */
function placesKnown(text: KnownText, { known, places }: Conversation): Places | undefined {
  const before = places.get(text);
  return before?.version === known.version ? before : undefined;
}

async function placesIn(scanned: ScannedLeaf, text: KnownText, input: ScanInput): Promise<Places> {
  const { known, places } = input.conversation;
  const { version } = known;
  const before = places.get(text);
  const fresh: Finding[] = [];
  const steps = version === 0 ? [] : known.steps(scanned.content.text, before?.version ?? 0);
  for (const some of steps) {
    for (const one of some) fresh.push(one);
    const wait = input.turn();
    if (wait !== undefined) await wait;
  }
  const now: Places =
    before !== undefined && fresh.length === 0
      ? { ...before, version }
      : { version, ...(await placed(scanned, text, [...(before?.known ?? nothing), ...fresh], input)) };
  places.set(text, now);
  return now;
}

async function placed(
  { leaf, content }: ScannedLeaf,
  { findings }: KnownText,
  known: readonly Finding[],
  { conversation: { placeholders }, turn }: ScanInput,
): Promise<Omit<Places, 'version'>> {
  const all: PlacedFinding[] = [];
  const resolved = known.length === 0 ? findings : resolveOverlaps([...findings, ...known]);
  if (resolved.length === 0) return { known, all };
  const isOfData = isData(content.text);
  const bare = new BareValues(content.text);
  for (const finding of resolved) {
    const wait = all.length % pauseAfter === 0 ? turn() : undefined;
    if (wait !== undefined) await wait;
    const span = content.span(finding.start, finding.end);
    const written = content.text.slice(finding.start, finding.end);
    const text = isOfData ? meantValue(written) : written;
    const placeholder = placeholders.placeholder(finding.kind, text);
    const isBare = leaf.form === 'text' && bare.isBare(finding.start, finding.end);
    all.push({ ...finding, text, placeholder, isBare, from: span.start - leaf.start, to: span.end - leaf.start });
  }
  return { known, all };
}

function nameOf(leaf: Leaf, document: JsonDocument): string {
  const { raw, start, field } = leaf;
  const end = start + raw.length;
  const text = raw.length <= maxNameChars ? raw : hash('sha256', document.bytes.subarray(start, end), 'base64');
  return field === undefined && leaf.layers === 1 && raw.length <= maxNameChars
    ? text
    : `${leaf.form}${String(leaf.layers)}\0${field ?? ''}\0${text}`;
}

/** A value that was replaced. */
export interface Replaced {
  readonly kind: FoundKind;
  /** Ids of the patterns that found it; absent of other kinds, and where nobody knows. */
  readonly rules?: readonly string[] | undefined;
  readonly placeholder: string;
  readonly text: string;
}

export interface MaskedBody {
  readonly document: JsonDocument;
  readonly replaced: readonly Replaced[];
  readonly counts: KindCounts;
  /** The same by kinds and by ids of patterns. */
  readonly rules: RuleCounts;
}

export type RuleCounts = Readonly<Record<string, number>>;

/** What is replaced in a body, and what is taken out of it. */
export interface MaskChoice {
  readonly isMasked: (finding: NamedFinding) => boolean;
  /** Gives reasoning as its provider wrote it, which must go back so. */
  readonly signed: (signature: string) => string | undefined;
  /** What follows a placeholder. */
  readonly suffixOf?: ((finding: NamedFinding) => string) | undefined;
  /** Of a text: what is taken out, disjoint and in order. */
  readonly cuts?: ((scanned: ScannedLeaf) => readonly Cut[]) | undefined;
}

/** What was replaced so far. */
export class ReplacedValues {
  readonly #replaced = new Map<string, Replaced>();
  readonly #counts: Partial<Record<FoundKind, number>> = {};
  readonly #rules = new Map<string, number>();

  add({ kind, subtype, placeholder, text }: NamedFinding & Pick<Replaced, 'placeholder' | 'text'>): void {
    const rule = ruleOf({ kind, subtype });
    this.#counts[kind] = (this.#counts[kind] ?? 0) + 1;
    this.#rules.set(rule, (this.#rules.get(rule) ?? 0) + 1);
    const known = this.#replaced.get(placeholder);
    if (known === undefined) {
      const rules = kind === 'patterns' ? { rules: [subtype] } : {};
      this.#replaced.set(placeholder, { kind, placeholder, text, ...rules });
    } else if (known.rules?.includes(subtype) === false)
      this.#replaced.set(placeholder, { ...known, rules: [...known.rules, subtype] });
  }

  all(): Pick<MaskedBody, 'replaced' | 'counts' | 'rules'> {
    return {
      replaced: [...this.#replaced.values()],
      counts: this.#counts,
      rules: Object.fromEntries(this.#rules),
    };
  }
}

export class BodyScan {
  readonly document: JsonDocument;
  readonly leaves: readonly ScannedLeaf[];
  /** In ids, names and other words of the protocol, where nothing can be replaced. */
  readonly words: readonly Finding[];

  constructor(document: JsonDocument, leaves: readonly ScannedLeaf[], words: readonly Finding[]) {
    this.document = document;
    this.leaves = leaves;
    this.words = words;
  }

  /** What was found, each once, with how often. */
  findings(
    isWanted: (finding: NamedFinding) => boolean,
  ): Map<string, { readonly kind: FoundKind; readonly subtype: string; count: number }> {
    const found = new Map<string, { kind: FoundKind; subtype: string; count: number }>();
    for (const { findings } of this.leaves) {
      for (const finding of findings) {
        if (!isWanted(finding)) continue;
        const { kind, subtype } = finding;
        const known = found.get(`${kind}\0${subtype}`);
        if (known === undefined) found.set(`${kind}\0${subtype}`, { kind, subtype, count: 1 });
        else known.count++;
      }
    }
    return found;
  }

  /** The body with what is chosen replaced, everything else byte for byte; the document itself where there is nothing. */
  masked({ isMasked, signed, suffixOf = () => '', cuts }: MaskChoice): MaskedBody {
    const splices: Splice[] = [];
    const values = new ReplacedValues();
    for (const scanned of this.leaves) {
      const { leaf, findings } = scanned;
      const kept = leaf.signature === undefined ? undefined : signed(leaf.signature);
      if (kept !== undefined) {
        splices.push({ start: leaf.start, end: leaf.start + leaf.raw.length, replacement: escaped(kept, leaf.layers) });
        continue;
      }
      const chosen = findings.filter(isMasked);
      const gone = cuts?.(scanned) ?? [];
      if (chosen.length === 0 && gone.length === 0) continue;
      const left = gone.length === 0 ? chosen : chosen.filter((one) => !gone.some((cut) => overlap(cut, one)));
      for (const finding of left) values.add(finding);
      splices.push(...splicesOf(scanned, left, gone, suffixOf));
    }
    const document = splices.length === 0 ? this.document : this.document.spliced(splices);
    return { document, ...values.all() };
  }

  /**
   * Whether one of these values stands in a place that must keep its bytes, an id or a name: nothing can be put there instead.
   */
  isBetween(values: readonly string[]): boolean {
    if (values.length === 0) return false;
    const { bytes } = this.document;
    // What stands between two texts is mostly what stands between the next two.
    const pieces = new Set<string>();
    let from = 0;
    for (const { leaf } of this.leaves) {
      if (leaf.start > from) pieces.add(bytes.toString('latin1', from, leaf.start));
      from = Math.max(from, leaf.start + leaf.raw.length);
    }
    pieces.add(bytes.toString('latin1', from));
    const between = [...pieces].join('\n');
    return values.some((value) => between.includes(Buffer.from(escaped(value, 1), 'utf8').toString('latin1')));
  }
}

interface Splice {
  readonly start: number;
  readonly end: number;
  readonly replacement: string;
}

function overlap(a: { readonly start: number; readonly end: number }, b: typeof a): boolean {
  return a.start < b.end && b.start < a.end;
}

function splicesOf(
  { leaf, content }: ScannedLeaf,
  placed: readonly PlacedFinding[],
  cuts: readonly Cut[],
  suffixOf: (finding: NamedFinding) => string,
): Splice[] {
  const { start, raw, layers, form } = leaf;
  const whole = { start, end: start + raw.length };
  if (form === 'base64') {
    const marks = placed.map((one) => ({ start: one.start, end: one.end, mark: one.placeholder }));
    const changes = [...marks, ...cuts].sort((a, b) => a.start - b.start);
    const left = withoutCuts(content.text, changes);
    return [{ ...whole, replacement: Buffer.from(left, 'utf8').toString('base64') }];
  }
  if (form === 'number') {
    // A string in place of a number: no number could be told from others when it comes back.
    const mark = cuts.length > 0 ? removedMark : (placed[0]?.placeholder ?? '');
    return [{ ...whole, replacement: escaped(`"${mark}"`, layers - 1) }];
  }
  return [
    ...placed.map((one) => ({
      start: start + one.from,
      end: start + one.to,
      replacement: one.isBare ? escaped(`"${one.placeholder}"`, layers) : one.placeholder + suffixOf(one),
    })),
    ...cuts.map((cut) => ({ ...content.span(cut.start, cut.end), replacement: escaped(cut.mark, layers) })),
  ];
}

/** As it stands between quotes of JSON, so many times over. */
function escaped(text: string, layers: number): string {
  let out = text;
  for (let i = 0; i < layers; i++) out = JSON.stringify(out).slice(1, -1);
  return out;
}
