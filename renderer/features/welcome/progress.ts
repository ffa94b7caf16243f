/** How far the first minutes have come, kept in this browser tab so that a reload goes on in the same place. Never holds a key. */

export const steps = ['running', 'found', 'check', 'client', 'seen'] as const;
export type Step = (typeof steps)[number];
export type Place = Step | 'done';

/** What a test of a provider came to. */
export interface Check {
  readonly ok: boolean;
  /** `provider/model` that was asked; `null` where none was. */
  readonly model: string | null;
  readonly cost: string | null;
  readonly message: string | null;
  /** There was no call: which of its models to ask is not known here. */
  readonly needsModel: boolean;
}

/** Whose first request is waited for. */
export interface Waiting {
  readonly client: string;
  readonly name: string;
  readonly keyId: string;
  /** The last request that came with the key before. */
  readonly before: string | null;
}

export interface Progress {
  readonly place: Place;
  /** Ids of providers that were taken over. */
  readonly imported: readonly string[];
  /** By id of the provider. */
  readonly checks: Readonly<Record<string, Check>>;
  readonly waiting: Waiting | null;
  /** Id of the first request. */
  readonly seen: string | null;
}

export const beginning: Progress = { place: 'running', imported: [], checks: {}, waiting: null, seen: null };

/** Of what was kept; what cannot be read begins anew. */
export function readProgress(kept: string | null): Progress {
  if (kept === null) return beginning;
  try {
    const value: unknown = JSON.parse(kept);
    if (typeof value !== 'object' || value === null) return beginning;
    const { place, imported, checks, waiting, seen } = value as Partial<Record<keyof Progress, unknown>>;
    return {
      place: [...steps, 'done' as const].find((one) => one === place) ?? 'running',
      imported: Array.isArray(imported) ? imported.filter((id) => typeof id === 'string') : [],
      checks: isRecord(checks) ? Object.fromEntries(Object.entries(checks).filter(isCheck)) : {},
      waiting: isWaiting(waiting) ? waiting : null,
      seen: typeof seen === 'string' ? seen : null,
    };
  } catch {
    return beginning;
  }
}

/** Where it goes on from a step: there is nothing to check where nothing was taken over. */
export function placeAfter(step: Step, { imported }: Pick<Progress, 'imported'>): Place {
  if (step === 'found') return imported.length > 0 ? 'check' : 'client';
  return steps[steps.indexOf(step) + 1] ?? 'done';
}

export interface TestChoice {
  readonly model: string;
  /** It is known to cost nothing. */
  readonly isFree: boolean;
}

/** What a test request asks: what was checked and works, else the model that is built in and free. */
export function testChoice({ imported, checks }: Pick<Progress, 'imported' | 'checks'>): TestChoice {
  for (const id of imported) {
    const check = checks[id];
    if (check?.ok === true && check.model !== null)
      return { model: check.model, isFree: check.cost !== null && Number(check.cost) === 0 };
  }
  return { model: 'demo/echo', isFree: true };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isCheck(entry: [string, unknown]): entry is [string, Check] {
  const [, value] = entry;
  return (
    isRecord(value) &&
    typeof value['ok'] === 'boolean' &&
    typeof value['needsModel'] === 'boolean' &&
    [value['model'], value['cost'], value['message']].every((one) => one === null || typeof one === 'string')
  );
}

function isWaiting(value: unknown): value is Waiting {
  return (
    isRecord(value) &&
    [value['client'], value['name'], value['keyId']].every((one) => typeof one === 'string') &&
    (value['before'] === null || typeof value['before'] === 'string')
  );
}
