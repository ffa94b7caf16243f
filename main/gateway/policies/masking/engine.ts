/** Masking under one snapshot: its detectors, made once, and what it remembers from request to request. */
import type { FoundKind } from '../../../../shared/domain/masking.ts';
import type { SurfaceId } from '../../../../shared/domain/dialect.ts';
import { GatewayError } from '../../../../shared/errors/gateway-error.ts';
import type { Clock } from '../../../kit/clock.ts';
import { isGlob, matchesAny } from '../../../kit/glob.ts';
import { atOnce, type Steps } from '../../../kit/steps.ts';
import type { JsonDocument } from '../../dialects/document.ts';
import type { Masking } from '../../ports.ts';
import { addressDetector } from '../detectors/address/address.ts';
import type { Detector, Finding } from '../detectors/detector.ts';
import { resolveOverlaps } from '../detectors/overlaps.ts';
import { exactDetector } from '../detectors/exact.ts';
import { patternsDetector } from '../detectors/patterns.ts';
import { personDetector } from '../detectors/person/person.ts';
import { secretsDetector } from '../detectors/secrets/secrets.ts';
import { structuredDetectors } from '../detectors/structured.ts';
import { termsSteps } from '../detectors/terms.ts';
import { createFindingsMemo, scanBody, type BodyScan, type FindingsMemo } from './body-scan.ts';
import type { Conversation } from './conversation.ts';
import { DetectorFailure, Finder } from './finder.ts';
import { kindsSought } from './kind-modes.ts';
import { KnownValues } from './known-values.ts';
import { OutOfTime, Turns } from './turns.ts';

/** What is looked for, whether or not it is replaced. */
export interface EngineSettings {
  readonly masking: Masking | undefined;
  /** Kinds that firewall rules ask for. */
  readonly firewallKinds: ReadonlySet<FoundKind>;
}

export interface LookInput {
  readonly document: JsonDocument;
  readonly surface: SurfaceId;
  readonly conversation: Conversation;
  readonly clock: Pick<Clock, 'monotonic'>;
}

const usualTimeBudgetMs = 5_000;
/** Of bodies from here on each step takes a turn by itself. */
const longBytes = 1_048_576;

export class MaskingEngine {
  readonly #settings: EngineSettings;
  readonly #memo: FindingsMemo = createFindingsMemo();
  #finder: Finder | undefined;

  constructor(settings: EngineSettings) {
    this.#settings = settings;
  }

  /** Makes the detectors, a tenth of a second of work where there are terms by the ten thousand, unless that has been done. */
  prepare(): Finder {
    return atOnce(this.preparing());
  }

  /** The same in steps. */
  *preparing(): Steps<Finder> {
    return (this.#finder ??= yield* finderSteps(this.#settings));
  }

  /** Throws `admit.masking_failed` where the body could not be looked through. */
  async look({ document, surface, conversation, clock }: LookInput): Promise<BodyScan> {
    const finder = this.prepare();
    const { masking } = this.#settings;
    const budgetMs = masking?.timeBudgetMs ?? usualTimeBudgetMs;
    const turns = new Turns(clock, budgetMs);
    // Reading it took a turn already.
    if (document.bytes.length >= longBytes) await turns.pass();
    try {
      return await scanBody({
        ...{ document, surface, conversation, finder, memo: this.#memo },
        definitions: masking?.definitions === true,
        turn: () => turns.next(),
      });
    } catch (error) {
      throw asRefusal(error);
    }
  }

  /** Findings in a text as if it were all there is of a request. Throws as `look`. */
  async lookAt(text: string, clock: LookInput['clock']): Promise<readonly FoundText[]> {
    const finder = this.prepare();
    const turns = new Turns(clock, this.#settings.masking?.timeBudgetMs ?? usualTimeBudgetMs);
    try {
      const steps = finder.steps(text, undefined);
      for (;;) {
        await turns.next();
        const step = steps.next();
        if (step.done !== true) continue;
        const known = new KnownValues();
        for (const { kind, start, end } of step.value) known.add(kind, text.slice(start, end));
        const all = known.version === 0 ? step.value : resolveOverlaps([...step.value, ...known.find(text, 0)]);
        return all.map((finding) => ({ ...finding, text: text.slice(finding.start, finding.end) }));
      }
    } catch (error) {
      throw asRefusal(error);
    }
  }

  /** Findings in a text that is no body: of an answer, of a file. Throws as `look`. */
  find(text: string): readonly FoundText[] {
    try {
      return this.prepare()
        .find(text, undefined)
        .map((finding) => ({ ...finding, text: text.slice(finding.start, finding.end) }));
    } catch (error) {
      throw asRefusal(error);
    }
  }
}

/** A finding with what it is. Never to be written down. */
export interface FoundText {
  readonly kind: FoundKind;
  readonly subtype: string;
  readonly start: number;
  readonly end: number;
  readonly score: number;
  readonly also?: Finding['also'];
  readonly text: string;
}

function asRefusal(error: unknown): unknown {
  if (!(error instanceof DetectorFailure) && !(error instanceof OutOfTime)) return error;
  return new GatewayError(
    'admit.masking_failed',
    `This request could not be looked through for what must not leave, so nothing was sent. ${error.message} masking.on_failure: warn sends such requests unmasked.`,
    { cause: error },
  );
}

function* finderSteps({ masking, firewallKinds }: EngineSettings): Steps<Finder> {
  const kinds = masking === undefined ? new Set<FoundKind>() : kindsSought(masking);
  for (const kind of firewallKinds) kinds.add(kind);
  const detectors: Detector[] = [secretsDetector(), ...structuredDetectors(), personDetector(), addressDetector()];
  if (masking !== undefined) {
    detectors.push(exactDetector(masking.exact.map((secret) => secret.reveal())));
    detectors.push(yield* termsSteps(masking.terms), patternsDetector(masking.patterns));
    yield undefined;
  }
  return new Finder(detectors, kinds, masking === undefined ? undefined : allowedIn(masking));
}

/** `undefined` where nothing is allowed. */
function allowedIn({ allowed }: Masking): ((value: string) => boolean) | undefined {
  if (allowed.length === 0) return undefined;
  const folded = allowed.map((value) => value.toLowerCase());
  const values = new Set(folded.filter((value) => !isGlob(value)));
  const globs = folded.filter(isGlob);
  return (value) => {
    const own = value.toLowerCase();
    return values.has(own) || matchesAny(globs, own);
  };
}
