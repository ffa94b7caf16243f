/** How targets do, as routes show it. */
import type { HealthEntry } from '../../../shared/contract/app.ts';
import type { MessageKey } from '../../text/text.ts';

/** How a target does: the best of its credentials counts. `unknown`: it was not asked lately. */
export type TargetState = 'ok' | 'resting' | 'limited' | 'refused' | 'unknown';

const states: Readonly<Record<HealthEntry['state'], TargetState>> = {
  closed: 'ok',
  half_open: 'resting',
  open: 'resting',
  limited: 'limited',
  refused: 'refused',
};

export interface TargetHealth {
  readonly state: TargetState;
  readonly why: string | null;
}

/** `target` as written: of a pattern, all that fit it count. */
export function targetHealth(target: string, entries: readonly HealthEntry[]): TargetHealth {
  const fits = fitter(target);
  const own = entries.filter(({ provider, model }) => fits(`${provider}/${model}`));
  const best = own.find(({ state }) => state === 'closed') ?? own[0];
  return best === undefined ? { state: 'unknown', why: null } : { state: states[best.state], why: best.why };
}

/** Whether names fit a pattern, in which `*` stands for any characters. */
export function fitter(target: string): (name: string) => boolean {
  if (!target.includes('*')) return (name) => name === target;
  const [first = '', ...rest] = target.split('*');
  return (name) => {
    if (!name.startsWith(first)) return false;
    let at = first.length;
    for (const [index, part] of rest.entries()) {
      const found = index === rest.length - 1 ? name.length - part.length : name.indexOf(part, at);
      if (found < at || !name.startsWith(part, found)) return false;
      at = found + part.length;
    }
    return true;
  };
}

export const stateLabels: Readonly<Record<TargetState, MessageKey>> = {
  ok: 'routes.health.ok',
  resting: 'routes.health.resting',
  limited: 'routes.health.limited',
  refused: 'routes.health.refused',
  unknown: 'routes.health.unknown',
};
