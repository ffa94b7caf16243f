/** What of the targets' health is worth knowing after a restart, as plain JSON. What cannot be read is left out, never thrown. */
import type { Provider } from '../ports.ts';
import { longestOpenMs } from './health-breaker.ts';
import { longestRestMs } from './health-blame.ts';
import { ModelLatency, type SavedLatency } from './health-latency.ts';
import type { ModelRecord, TargetRecord } from './health-records.ts';
import { ModelOutputs, type SavedOutputs } from './outputs.ts';

/** Measurements of so many models are kept, the last used first. */
const maxModels = 300;
const maxTargets = 2_000;
/** A breaker whose rest ended longer ago than this starts anew: nobody asked, and much can have happened. */
const staleMs = longestOpenMs;
const maxWhyChars = 300;

/** Moments are milliseconds since 1970. Refused credentials are not kept: who mended a key and starts again is believed. */
export interface HealthMemory {
  readonly version: 1;
  readonly at: number;
  readonly targets: readonly SavedTarget[];
  readonly models: readonly SavedModel[];
}

export interface SavedTarget {
  readonly provider: string;
  readonly model: string;
  readonly credential: string;
  readonly opened?: SavedRest & { readonly restMs: number; readonly byNetwork: boolean };
  readonly limited?: SavedRest & { readonly quota: boolean };
}

interface SavedRest {
  readonly until: number;
  readonly why: string;
}

export interface SavedModel extends SavedLatency {
  readonly provider: string;
  readonly model: string;
  readonly outputs?: SavedOutputs | undefined;
}

/** The same moment on the two clocks. */
export interface Moment {
  readonly now: number;
  readonly wall: number;
}

/** `models` least recently used first. */
export function saveHealth(models: readonly ModelRecord[], { now, wall }: Moment): HealthMemory {
  const targets: SavedTarget[] = [];
  const measured: SavedModel[] = [];
  for (const model of models.toReversed()) {
    for (const target of model.targets.values()) {
      const saved = saveTarget(model, target, { now, wall });
      if (saved !== undefined) targets.push(saved);
    }
    const saved = measured.length < maxModels ? saveModel(model, now) : undefined;
    if (saved !== undefined) measured.push(saved);
  }
  return { version: 1, at: wall, targets, models: measured };
}

function saveTarget(model: ModelRecord, target: TargetRecord, { now, wall }: Moment): SavedTarget | undefined {
  const { opened } = target.breaker;
  const limit = target.limit !== undefined && target.limit.until > now ? target.limit : undefined;
  if (opened === undefined && limit === undefined) return undefined;
  const toWall = (at: number): number => Math.round(wall + at - now);
  return {
    provider: model.providerId,
    model: model.model,
    credential: target.credential,
    ...(opened === undefined ? {} : { opened: { ...opened, until: toWall(opened.until) } }),
    ...(limit === undefined ? {} : { limited: { ...limit, until: toWall(limit.until) } }),
  };
}

function saveModel(model: ModelRecord, now: number): SavedModel | undefined {
  const latency = model.latency.save(now);
  const outputs = model.outputs.save();
  const hasOutputs = Object.keys(outputs).length > 0;
  if (latency === undefined && !hasOutputs) return undefined;
  return { provider: model.providerId, model: model.model, ...latency, ...(hasOutputs ? { outputs } : {}) };
}

export interface RestoreInto extends Moment {
  readonly providers: ReadonlyMap<string, Provider>;
  readonly modelOf: (provider: Provider, model: string) => ModelRecord;
  readonly targetOf: (provider: Provider, model: string, credential: string) => TargetRecord;
}

export function restoreHealth(memory: unknown, into: RestoreInto): void {
  if (!isObject(memory) || memory['version'] !== 1 || !isTime(memory['at'])) return;
  const savedAt = memory['at'];
  // Written last used first; what is taken in last counts as used last.
  for (const entry of listOf(memory['models'], maxModels).toReversed()) restoreModel(entry, savedAt, into);
  for (const entry of listOf(memory['targets'], maxTargets)) restoreTarget(entry, savedAt, into);
}

function restoreModel(entry: unknown, savedAt: number, into: RestoreInto): void {
  const found = placeOf(entry, into);
  if (found === undefined) return;
  const record = into.modelOf(found.provider, found.model);
  // What people's clock says of the time between is believed unless it went back.
  record.latency = ModelLatency.restore(found.entry, into.now - Math.max(0, into.wall - savedAt));
  record.outputs = ModelOutputs.restore(found.entry['outputs']);
}

function restoreTarget(entry: unknown, savedAt: number, into: RestoreInto): void {
  const found = placeOf(entry, into);
  const credential = found?.entry['credential'];
  if (found === undefined || !found.provider.credentials.some((one) => one.name === credential)) return;
  const opened = restOf(found.entry['opened'], savedAt, into.wall, longestOpenMs);
  const limited = restOf(found.entry['limited'], savedAt, into.wall, longestRestMs);
  const stillOpen = opened !== undefined && opened.leftMs > -staleMs;
  const stillLimited = limited !== undefined && limited.leftMs > 0;
  if (!stillOpen && !stillLimited) return;
  const target = into.targetOf(found.provider, found.model, String(credential));
  if (stillOpen) {
    const { restMs, byNetwork } = opened.rest;
    target.breaker.restore(
      {
        until: into.now + opened.leftMs,
        restMs: typeof restMs === 'number' && restMs > 0 ? restMs : 0,
        why: opened.why,
        byNetwork: byNetwork === true,
      },
      into.now,
    );
  }
  if (stillLimited)
    target.limit = { until: into.now + limited.leftMs, why: limited.why, quota: limited.rest['quota'] === true };
}

function placeOf(
  entry: unknown,
  { providers }: RestoreInto,
): { readonly entry: Record<string, unknown>; readonly provider: Provider; readonly model: string } | undefined {
  if (!isObject(entry)) return undefined;
  const { provider: id, model } = entry;
  const provider = typeof id === 'string' ? providers.get(id) : undefined;
  return provider === undefined || typeof model !== 'string' || model === '' ? undefined : { entry, provider, model };
}

/** A clock that was set back lengthens no rest: it has at most what it had left when it was written. */
function restOf(
  rest: unknown,
  savedAt: number,
  wall: number,
  longestMs: number,
): { readonly rest: Record<string, unknown>; readonly leftMs: number; readonly why: string } | undefined {
  if (!isObject(rest) || !isTime(rest['until']) || typeof rest['why'] !== 'string') return undefined;
  const leftMs = Math.min(rest['until'] - wall, rest['until'] - savedAt, longestMs);
  return { rest, leftMs, why: rest['why'].slice(0, maxWhyChars) };
}

function listOf(value: unknown, max: number): readonly unknown[] {
  return Array.isArray(value) ? (value as readonly unknown[]).slice(0, max) : [];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isTime(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}
