/** A decision as the text that is kept. */
import type { Decision, Redact } from './ledger.ts';

type Candidate = Decision['candidates'][number];

/** Some three hundred targets with everything that is known of them; what is longer cannot be derived again. */
const maxLength = 65_536;
/** What is left of a longer one. */
const maxListed = 50;
const maxText = 512;
const maxDepth = 8;

/**
 * The whole decision, so that it can be derived again; one that is out of all proportion is cut to what people want to
 * know of it, and says so. Names and sentences in it pass the redactor.
 */
export function decisionText(decision: Decision, redact: Redact): string {
  const plain = plainText(decision, redact);
  if (plain !== undefined) return plain;
  const text = JSON.stringify(cleaned(decision, redact));
  if (text.length <= maxLength) return text;
  const omitted = Math.max(0, decision.candidates.length - maxListed);
  return JSON.stringify({ ...(cut(JSON.parse(text), maxDepth) as object), omitted });
}

/**
 * The usual one: the client named the target, and there is nothing to say of it. Written out, because a quarter of what it
 * costs to record an exchange would go into copies of it.
 */
function plainText(decision: Decision, redact: Redact): string | undefined {
  const { rule, skipped, pin, session, offline, expectedOutput, candidates, order, facts } = decision;
  const [only, more] = candidates;
  if (
    rule ??
    skipped ??
    pin ??
    session ??
    offline ??
    expectedOutput ??
    more ??
    decision.principal.access ??
    decision.principal.byRule
  )
    return undefined;
  if (only === undefined || order.length !== 1 || !hasNamesOnly(only) || !hasSizesOnly(facts)) return undefined;
  const quoted = (text: string): string => JSON.stringify(redact(text));
  const client = facts.client === undefined ? '' : `,"client":${quoted(facts.client)}`;
  const maxTokens = facts.maxTokens === undefined ? '' : `,"maxTokens":${facts.maxTokens}`;
  const { key, allowedModels, deniedModels, operation, family } = decision.principal;
  const list = (names: readonly string[]): string => `[${names.map(quoted).join(',')}]`;
  return (
    `{"version":1,"asked":${quoted(decision.asked)},"chosen":${quoted(decision.chosen ?? '')},"reason":${quoted(decision.reason)},` +
    `"facts":{"model":${quoted(facts.model)},"surface":"${facts.surface}","at":${facts.at},"tokens":${facts.tokens}${client}${maxTokens}},` +
    `"candidates":[{"target":${quoted(only.target)},"id":${quoted(only.id)}}],"order":${list(order)},` +
    `"principal":{"key":${quoted(key)},"allowedModels":${list(allowedModels)},"deniedModels":${list(deniedModels)},"operation":"${operation}","family":"${family}"},` +
    `"snapshot":"${decision.snapshot}","draw":${decision.draw}}`
  );
}

function hasNamesOnly(candidate: Candidate): boolean {
  for (const name in candidate) {
    if (name !== 'target' && name !== 'id' && candidate[name as keyof Candidate] !== undefined) return false;
  }
  return true;
}

const sizes: ReadonlySet<string> = new Set(['model', 'surface', 'at', 'tokens', 'client', 'maxTokens']);

function hasSizesOnly(facts: Decision['facts']): boolean {
  for (const name in facts) {
    if (!sizes.has(name) && facts[name as keyof Decision['facts']] !== undefined) return false;
  }
  return true;
}

/** What clients and providers said passes the redactor; ids and words of the config were never theirs. */
function cleaned(decision: Decision, redact: Redact): Decision {
  const { facts, skipped, pin, session, principal, expectedOutput } = decision;
  const text = <Text extends string | undefined>(value: Text): Text | string =>
    value === undefined ? value : redact(value);
  return {
    ...decision,
    asked: redact(decision.asked),
    chosen: text(decision.chosen),
    reason: redact(decision.reason),
    skipped: skipped?.map((one) => ({ ...one, why: redact(one.why) })),
    facts: {
      ...facts,
      model: redact(facts.model),
      client: text(facts.client),
      tags: facts.tags && mapValues(facts.tags, (value) => (value === null ? null : redact(value))),
      session: facts.session && { key: redact(facts.session.key), source: redact(facts.session.source) },
    },
    candidates: decision.candidates.map((candidate) => cleanCandidate(candidate, redact)),
    order: decision.order.map(redact),
    pin: pin && {
      ...pin,
      target: redact(pin.target),
      why: redact(pin.why),
      switching: pin.switching && { ...pin.switching, to: redact(pin.switching.to) },
    },
    session: session && { ...session, model: redact(session.model), credential: text(session.credential) },
    principal: {
      ...principal,
      key: redact(principal.key),
      allowedModels: principal.allowedModels.map(redact),
      deniedModels: principal.deniedModels.map(redact),
      access: principal.access?.map((rules) => ({
        ...rules,
        allowedModels: rules.allowedModels.map(redact),
        deniedModels: rules.deniedModels.map(redact),
      })),
    },
    expectedOutput:
      expectedOutput &&
      Object.fromEntries(Object.entries(expectedOutput).map(([target, tokens]) => [redact(target), tokens])),
  };
}

/** Most have nothing to clean but their names, which come again with every request. */
function cleanCandidate(candidate: Candidate, redact: Redact): Candidate {
  const { target, id, dropped, note, health } = candidate;
  const [cleanTarget, cleanId] = [redact(target), redact(id)];
  const isClean = cleanTarget === target && cleanId === id;
  if (isClean && dropped === undefined && note === undefined && health?.why === undefined) return candidate;
  return {
    ...candidate,
    target: cleanTarget,
    id: cleanId,
    dropped: dropped && redact(dropped),
    note: note && redact(note),
    health: health?.why === undefined ? health : { ...health, why: redact(health.why) },
  };
}

function mapValues<Value, Mapped>(
  from: Readonly<Record<string, Value>>,
  map: (value: Value) => Mapped,
): Record<string, Mapped> {
  return Object.fromEntries(Object.entries(from).map(([name, value]) => [name, map(value)]));
}

function cut(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return value.length > maxText ? value.slice(0, maxText) : value;
  if (typeof value !== 'object' || value === null) return value;
  if (depth === 0) return null;
  if (Array.isArray(value)) return value.slice(0, maxListed).map((item) => cut(item, depth - 1));
  const entries = Object.entries(value).slice(0, maxListed);
  return Object.fromEntries(entries.map(([name, item]) => [name.slice(0, maxText), cut(item, depth - 1)]));
}
