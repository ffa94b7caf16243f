/** What can be said of all texts that a compiled RE2 pattern fits: how long they are, and which characters stand where. */

/** Pairs of the first and the last code point. */
export type Ranges = readonly number[];

export interface Outline {
  /** Code points of the longest text; `Infinity` where there is none. */
  readonly maxLength: number;
  /**
   * By place: what may stand there, for as many places as the shortest text has, up to `maxPlaces`; of a pattern that fits the
   * empty text, what may stand first where there is anything.
   */
  readonly places: readonly Ranges[];
  /** All that may stand anywhere in it. */
  readonly all: Ranges;
}

/** As many as bits of a number are at hand. */
export const maxPlaces = 30;
const lastRune = 0x10ffff;
const newline = 10;

/** An instruction of the engine's program, as far as it is read here. */
interface Step {
  readonly op: number;
  readonly out: number;
  readonly arg: number;
  readonly runes: ArrayLike<number>;
}

interface Program {
  readonly inst: readonly unknown[];
  readonly start: number;
}

type Role = 'fork' | 'pass' | 'dead' | 'match' | 'rune';

/** Names of the engine's instructions. What has another name is not understood. */
const roles: Readonly<Record<string, Role>> = {
  ALT: 'fork',
  ALT_MATCH: 'fork',
  CAPTURE: 'pass',
  EMPTY_WIDTH: 'pass',
  NOP: 'pass',
  FAIL: 'dead',
  MATCH: 'match',
  RUNE: 'rune',
  RUNE1: 'rune',
  RUNE_ANY: 'rune',
  RUNE_ANY_NOT_NL: 'rune',
};

function isProgram(value: unknown): value is Program {
  if (typeof value !== 'object' || value === null) return false;
  return 'inst' in value && Array.isArray(value.inst) && 'start' in value && typeof value.start === 'number';
}

function isStep(value: unknown): value is Step {
  return (
    typeof value === 'object' && value !== null && 'op' in value && 'out' in value && 'arg' in value && 'runes' in value
  );
}

/** The numbers of the instructions stand on their class. */
function opNumbers(step: Step): ReadonlyMap<number, string> {
  const numbers = new Map<number, string>();
  for (const name of Object.keys(roles)) {
    const number: unknown = Reflect.get(step.constructor, name);
    if (typeof number === 'number') numbers.set(number, name);
  }
  return numbers;
}

/** `undefined` where the program is not understood: nothing can be said then. */
export function outlineOf(program: unknown): Outline | undefined {
  if (!isProgram(program)) return undefined;
  const steps = program.inst.filter(isStep);
  const [first] = steps;
  if (first === undefined || steps.length !== program.inst.length) return undefined;
  const names = opNumbers(first);
  if (names.size !== Object.keys(roles).length) return undefined;
  if (!steps.every(({ op }) => names.has(op))) return undefined;
  return new Reader(steps, names).outline(program.start);
}

class Reader {
  readonly #steps: readonly Step[];
  readonly #names: ReadonlyMap<number, string>;

  constructor(steps: readonly Step[], names: ReadonlyMap<number, string>) {
    this.#steps = steps;
    this.#names = names;
  }

  outline(start: number): Outline {
    const places: Ranges[] = [];
    let at = this.#closure([start]);
    let isOpen = true;
    while (places.length < maxPlaces && isOpen) {
      const runes = at.filter((pc) => this.#role(pc) === 'rune');
      if (at.some((pc) => this.#role(pc) === 'match')) isOpen = false;
      if (isOpen || places.length === 0) places.push(runes.flatMap((pc) => this.#ranges(pc)));
      if (isOpen) at = this.#closure(runes.map((pc) => this.#step(pc).out));
    }
    const reached = this.#reached(start);
    return {
      maxLength: this.#longest(start),
      places,
      all: reached.filter((pc) => this.#role(pc) === 'rune').flatMap((pc) => this.#ranges(pc)),
    };
  }

  #step(pc: number): Step {
    return this.#steps[pc] as Step;
  }

  #role(pc: number): Role {
    return roles[this.#names.get(this.#step(pc).op) ?? ''] ?? 'dead';
  }

  #next(pc: number): readonly number[] {
    const { out, arg } = this.#step(pc);
    const role = this.#role(pc);
    if (role === 'fork') return [out, arg];
    return role === 'pass' || role === 'rune' ? [out] : [];
  }

  /** What is reached without reading a character. Edges are taken to hold. */
  #closure(from: readonly number[]): number[] {
    return this.#reach(from, (pc) => this.#role(pc) !== 'rune');
  }

  #reached(from: number): number[] {
    return this.#reach([from], () => true);
  }

  #reach(from: readonly number[], goesOn: (pc: number) => boolean): number[] {
    const seen = new Set<number>();
    const waiting = [...from];
    for (let pc = waiting.pop(); pc !== undefined; pc = waiting.pop()) {
      if (seen.has(pc)) continue;
      seen.add(pc);
      if (goesOn(pc)) waiting.push(...this.#next(pc));
    }
    return [...seen];
  }

  /** Code points of the longest way to a match; a circle makes it endless. */
  #longest(start: number): number {
    const lengths = new Map<number, number>();
    const open = new Set<number>();
    const waiting = [start];
    while (waiting.length > 0) {
      const pc = waiting.at(-1) as number;
      if (lengths.has(pc)) {
        waiting.pop();
        continue;
      }
      const next = this.#next(pc);
      const missing = next.filter((one) => !lengths.has(one));
      if (missing.some((one) => open.has(one) || one === pc)) return Infinity;
      if (missing.length > 0) {
        open.add(pc);
        waiting.push(...missing);
        continue;
      }
      const rest = Math.max(0, ...next.map((one) => lengths.get(one) ?? 0));
      lengths.set(pc, rest + (this.#role(pc) === 'rune' ? 1 : 0));
      open.delete(pc);
      waiting.pop();
    }
    return lengths.get(start) ?? Infinity;
  }

  #ranges(pc: number): number[] {
    const { op, arg, runes } = this.#step(pc);
    const name = this.#names.get(op);
    if (name === 'RUNE_ANY') return [0, lastRune];
    if (name === 'RUNE_ANY_NOT_NL') return [0, newline - 1, newline + 1, lastRune];
    if (runes.length !== 1) return Array.from(runes);
    const rune = runes[0] ?? 0;
    return arg === 0 ? [rune, rune] : foldedRanges(rune);
  }
}

/** What is the same letter in another case. Of letters beyond ASCII it is not worth knowing: anything. */
function foldedRanges(rune: number): number[] {
  if (rune >= 128) return [0, lastRune];
  const lower = String.fromCharCode(rune).toLowerCase().charCodeAt(0);
  const upper = String.fromCharCode(rune).toUpperCase().charCodeAt(0);
  const ranges = [lower, lower, upper, upper];
  if (lower === 0x6b) ranges.push(0x212a, 0x212a); // K, the sign of kelvin
  if (lower === 0x73) ranges.push(0x17f, 0x17f); // ſ, the long s
  return ranges;
}
