/** Where aliases lead to other aliases: no circle, no tower, no plan without end (RTE-16). */
import { builtInAliases, maxRouteDepth, type RouteSettings } from '../../shared/config/route.ts';
import type { ConfigPath, Findings } from './problems.ts';
import { expandTarget, type RouteLookup } from './route-target.ts';

/** Ten times what a decision is measured with; more is a slip of the pen, and every request would pay for it. */
const maxTargets = 2000;

/** A way as long as the file must not exhaust the stack. */
const deepest = 100;

/** A target that names an alias, and where it is written. */
interface Step {
  readonly alias: string;
  readonly path: ConfigPath;
}

/** What an alias leads to in the end. */
interface Reach {
  /** Aliases one after the other below it; the longest way, by name. */
  readonly way: readonly string[];
  /** Targets when all aliases are written out. */
  readonly targets: number;
}

/** Adds each circle once, each way that is too long, and each alias with too many targets. */
export function checkRouteGraph(routes: readonly RouteSettings[], lookup: RouteLookup, findings: Findings): void {
  const graph = new RouteGraph(routes, lookup, findings);
  for (const [index, route] of routes.entries()) {
    const reach = graph.reachOf(route.alias);
    if (reach.targets > maxTargets) {
      const problem = `alias "${route.alias}" stands for more than ${maxTargets} targets when its aliases are written out`;
      findings.problem(['routes', index, 'targets'], problem, 'Name fewer', 'key');
    }
    // Whatever is to go on needs somebody to go on with.
    if ((route.on_break === 'continue' || route.on_break === 'restart') && graph.targetsOf(index) === 1) {
      const problem = `on_break: ${route.on_break} needs another target to go on with, and there is one in all`;
      findings.warning(['routes', index, 'on_break'], problem, 'Add a target', 'key');
    }
  }
}

class RouteGraph {
  readonly #routes: readonly RouteSettings[];
  readonly #lookup: RouteLookup;
  readonly #findings: Findings;
  readonly #known = new Map<string, Reach>();
  /** Aliases on the way to the one looked at. */
  readonly #open: string[] = [];

  constructor(routes: readonly RouteSettings[], lookup: RouteLookup, findings: Findings) {
    this.#routes = routes;
    this.#lookup = lookup;
    this.#findings = findings;
  }

  reachOf(alias: string): Reach {
    const known = this.#known.get(alias);
    if (known !== undefined) return known;
    this.#open.push(alias);
    const answering = this.#lookup.answering(alias);
    let way: readonly string[] = [];
    for (const step of answering.flatMap((index) => this.#stepsOf(index))) {
      const below = this.#below(step);
      if (below.way.length + 1 > way.length) way = [step.alias, ...below.way];
    }
    this.#open.pop();
    // Which of several routes answers is known only at the time: the largest counts. A built-in one has many.
    const builtIn = isBuiltIn(alias) && this.#lookup.always(alias) === undefined ? 2 : 0;
    const targets = Math.max(builtIn, ...answering.map((index) => this.targetsOf(index)));
    const reach = { way, targets };
    this.#known.set(alias, reach);
    return reach;
  }

  /** Targets of one route, its aliases written out. A circle, which has been told of, counts as one. */
  targetsOf(index: number): number {
    let count = 0;
    for (const target of (this.#routes[index]?.targets ?? []).map(expandTarget)) {
      count += target.kind === 'alias' ? (this.#known.get(target.alias)?.targets ?? 1) : 1;
    }
    return count;
  }

  #below({ alias, path }: Step): Reach {
    const from = this.#open.indexOf(alias);
    if (from >= 0) {
      const circle = [...this.#open.slice(from), alias].join(' → ');
      this.#findings.problem(path, `the aliases go round in a circle: ${circle}`, 'Let one of them name a model');
      return { way: [], targets: 1 };
    }
    // It is far too long already, and the rest of it is looked at from its own route.
    if (this.#open.length > deepest) return { way: [], targets: 1 };
    const reach = this.reachOf(alias);
    // Told of where the way has just become too long: mending that one mends those above it.
    const way = [this.#open.at(-1), alias, ...reach.way];
    if (way.length === maxRouteDepth + 1) {
      const problem = `more than ${maxRouteDepth} aliases stand in each other: ${way.join(' → ')}`;
      this.#findings.problem(path, problem, 'Name the targets themselves');
    }
    return reach;
  }

  #stepsOf(index: number): readonly Step[] {
    return (this.#routes[index]?.targets ?? []).flatMap((written, at) => {
      const target = expandTarget(written);
      if (target.kind !== 'alias') return [];
      const path = ['routes', index, 'targets', at];
      return [{ alias: target.alias, path: typeof written === 'string' ? path : [...path, 'alias'] }];
    });
  }
}

function isBuiltIn(alias: string): boolean {
  return (builtInAliases as readonly string[]).includes(alias);
}
