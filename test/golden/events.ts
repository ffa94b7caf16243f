// A client's stream as a golden file holds it: every event, in order, without what repeats itself.
import { isDeepStrictEqual } from 'node:util';

type Dict = Record<string, unknown>;

const isDict = (value: unknown): value is Dict => typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * The events of an SSE text. What all of them say alike stands once, under `each`. A run of events that differ in one text only, the
 * pieces of a delta, is one event whose text is the list of the pieces. `whole` is the plain answer to the same request: a terminal
 * event that says the same is not written out again.
 */
export function eventsOf(text: string, whole: unknown, normalise: (value: unknown) => unknown): Dict {
  const all = text
    .split('\n\n')
    .filter((block) => block !== '')
    .map(eventOf);
  const dicts = all.filter(isDict);
  const numbered = dicts.every((event, index) => event['sequence_number'] === index);
  const plain = all.map((event) => (isDict(event) && numbered ? without(event, ['sequence_number']) : event));
  const each = dicts.length > 1 ? common(plain.filter(isDict)) : {};
  const rest = plain.map((event) => (isDict(event) ? without(event, Object.keys(each)) : event));
  return {
    ...(Object.keys(each).length === 0 ? {} : { each }),
    events: joined(rest.map((event) => (isDict(event) ? shortened(event, whole, normalise) : event))),
  };
}

function eventOf(block: string): unknown {
  const lines = block.split('\n');
  const name = lines.find((line) => line.startsWith('event: '))?.slice('event: '.length);
  const data = lines
    .filter((line) => line.startsWith('data: '))
    .map((line) => line.slice('data: '.length))
    .join('\n');
  if (data === '[DONE]') return data;
  const parsed = JSON.parse(data) as Dict;
  // Every event of Messages and Responses says its name twice; a difference would show.
  return name === undefined || parsed['type'] === name ? parsed : { event: name, data: parsed };
}

function without(event: Dict, names: readonly string[]): Dict {
  return Object.fromEntries(Object.entries(event).filter(([name]) => !names.includes(name)));
}

function common(events: readonly Dict[]): Dict {
  const [first, ...others] = events;
  if (first === undefined) return {};
  return Object.fromEntries(
    Object.entries(first).filter(([name, value]) => others.every((event) => isDeepStrictEqual(event[name], value))),
  );
}

/** The events of Responses repeat the whole response; what is as in the plain answer is said so. */
function shortened(event: Dict, whole: unknown, normalise: (value: unknown) => unknown): Dict {
  const { response } = event;
  if (!isDict(response)) return event;
  const { type } = event;
  if (type === 'response.created' || type === 'response.in_progress') {
    const { id, status, model } = response;
    return { ...event, response: { id, status, model, rest: 'as in the terminal event' } };
  }
  return isDeepStrictEqual(normalise(response), normalise(whole))
    ? { ...event, response: 'as the plain answer' }
    : event;
}

function joined(events: readonly unknown[]): unknown[] {
  const out: unknown[] = [];
  let run: unknown[] = [];
  const flush = (): void => {
    const isSame = run.every((event) => isDeepStrictEqual(event, run[0]));
    out.push(...(isSame ? run : [overlaid(run)]));
    run = [];
  };
  for (const event of events) {
    if (run.length > 0 && textsThatDiffer(run[0], event) > 1) flush();
    run.push(event);
  }
  flush();
  return out;
}

/** How many texts differ between two values of the same shape; infinite where anything else does. */
function textsThatDiffer(one: unknown, other: unknown): number {
  if (isDeepStrictEqual(one, other)) return 0;
  if (typeof one === 'string' && typeof other === 'string') return 1;
  if (Array.isArray(one) && Array.isArray(other) && one.length === other.length)
    return one.reduce((sum: number, item, index) => sum + textsThatDiffer(item, other[index]), 0);
  if (!isDict(one) || !isDict(other) || Object.keys(one).join() !== Object.keys(other).join()) return Infinity;
  const isOtherThing = ['type', 'id', 'name'].some((name) => one[name] !== other[name]);
  return isOtherThing
    ? Infinity
    : Object.keys(one).reduce((sum, name) => sum + textsThatDiffer(one[name], other[name]), 0);
}

/** Values of one shape as one, each text that differs as the list of its forms. */
function overlaid(run: readonly unknown[]): unknown {
  const [first] = run;
  if (run.every((value) => isDeepStrictEqual(value, first))) return first;
  if (Array.isArray(first)) return first.map((_, index) => overlaid(run.map((value) => (value as unknown[])[index])));
  if (!isDict(first)) return run;
  return Object.fromEntries(
    Object.keys(first).map((name) => [name, overlaid(run.map((value) => (value as Dict)[name]))]),
  );
}
