/** A stored decision as it is read back. */
import type { Decision, RoutingTrace } from './ledger.ts';
import type { StoredTrace } from './read.ts';

/** The trace that stored texts tell. A decision of another version, or none at all, is none. */
export function toTrace({ entry, decision, snapshot }: StoredTrace): RoutingTrace {
  const { omitted, ...read } = (parsed(decision) ?? {}) as Partial<Decision> & { omitted?: unknown };
  const isDecision = read.version === 1 && Array.isArray(read.candidates);
  return {
    entry,
    decision: isDecision ? (read as Decision) : undefined,
    omitted: typeof omitted === 'number' ? omitted : undefined,
    snapshot: parsed(snapshot),
  };
}

/** A text that is no JSON is as good as none. */
function parsed(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
