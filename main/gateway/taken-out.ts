/** The texts of a request as rules of the firewall see them, and what such rules take out of each. */
import { hash } from 'node:crypto';
import type { SurfaceId } from '../../shared/domain/dialect.ts';
import type { Clock } from '../kit/clock.ts';
import type { JsonDocument } from './dialects/document.ts';
import { leavesOf } from './dialects/leaves.ts';
import type { Firewall, FirewallText, Found } from './policies/firewall/firewall.ts';
import { textKey } from './policies/firewall/text-key.ts';
import { cutsOf, joinedSpans, type Cut, type TextSpan } from './policies/firewall/strip.ts';
import { kindsIn } from './policies/detectors/detector.ts';
import { BodyScan, ScannedLeaf } from './policies/masking/body-scan.ts';
import type { FormScan, ScannedFormText } from './policies/masking/form-scan.ts';
import { Turns } from './policies/masking/turns.ts';
import type { StripRule } from './request-rules.ts';

export interface TakeOut {
  readonly firewall: Firewall;
  readonly strips: readonly StripRule[];
  readonly clock: Pick<Clock, 'monotonic'>;
}

/** Of a body, for what is masked in it as well. `undefined`: no rule takes anything out. */
export async function cutsInBody(
  { leaves }: BodyScan,
  asked: TakeOut,
): Promise<((leaf: ScannedLeaf) => readonly Cut[]) | undefined> {
  if (asked.strips.length === 0) return undefined;
  const all = await cutsIn(leaves.map(textOfLeaf), (index) => leaves[index]?.findings ?? [], asked);
  const byLeaf = new Map(leaves.map((leaf, index) => [leaf, all[index] ?? []]));
  return (leaf) => byLeaf.get(leaf) ?? [];
}

/** The same of a form. */
export async function cutsInForm(
  { texts }: FormScan,
  asked: TakeOut,
): Promise<((text: ScannedFormText) => readonly Cut[]) | undefined> {
  if (asked.strips.length === 0) return undefined;
  const all = await cutsIn(texts.map(textOfForm), (index) => texts[index]?.findings ?? [], asked);
  const byText = new Map(texts.map((text, index) => [text, all[index] ?? []]));
  return (text) => byText.get(text) ?? [];
}

async function cutsIn(
  texts: readonly FirewallText[],
  foundIn: (index: number) => readonly Found[],
  asked: TakeOut,
): Promise<(readonly Cut[])[]> {
  const turns = new Turns(asked.clock);
  const all: (readonly Cut[])[] = [];
  for (const [index, text] of texts.entries()) {
    const found = foundIn(index);
    const spans: TextSpan[] = [];
    for (const { rule, acquitted } of asked.strips) {
      if (acquitted.has(textKey(text))) continue;
      const steps = asked.firewall.spans(rule, text, found);
      for (let step = steps.next(); ; step = steps.next()) {
        const wait = turns.next();
        if (wait !== undefined) await wait;
        if (step.done !== true) continue;
        spans.push(...step.value);
        break;
      }
    }
    const joined = joinedSpans(spans);
    // What masking found goes as a whole or stays as a whole.
    const touched = found.filter(({ start, end }) => joined.some((cut) => cut.start < end && start < cut.end));
    all.push(joined.length === 0 ? [] : cutsOf(text.text(), [...joined, ...touched]));
  }
  return all;
}

export function textOfLeaf(scanned: ScannedLeaf): FirewallText {
  const { name, leaf, findings } = scanned;
  return {
    ...{ name, text: () => scanned.content.text, place: leaf.place, kinds: findings.flatMap(kindsIn) },
    isSigned: leaf.signature !== undefined,
  };
}

export function textOfForm({ text, findings }: ScannedFormText): FirewallText {
  const name = hash('sha256', text, 'base64');
  return { name, text: () => text, place: 'user', kinds: findings.flatMap(kindsIn) };
}

/** The texts of a body with nothing found in them: rules that ask no detector hold all the same. */
export function unscannedBody(document: JsonDocument, surface: SurfaceId): BodyScan {
  const leaves = leavesOf(document, surface, { definitions: true });
  return new BodyScan(
    document,
    leaves.map((leaf) => new ScannedLeaf(leaf, document)),
    [],
  );
}
