/** The limits a provider tells of in its headers, whoever's spelling it is. */
import { headerOf } from './head.ts';
import type { HeadMap } from './client.ts';
import { plainNumber } from './times.ts';

/** One limit: so many requests or tokens in a span of time. */
export interface LimitWindow {
  readonly counts: 'requests' | 'tokens' | undefined;
  /** 0 when nothing is left; `undefined` when it is not told. */
  readonly remaining: number | undefined;
  /** Of the limit, what is left, in [0, 1]. */
  readonly share: number | undefined;
  /** When it is full again, as it was written. */
  readonly reset: string | undefined;
}

/** More header lines than any provider sends; the rest is not looked at. */
const maxHeaders = 200;

type Field = 'limit' | 'remaining' | 'reset' | 'status' | 'utilization';
type Fields = Partial<Record<Field, string>>;

/**
 * - OpenAI, Groq, xAI, OpenRouter and most others: `x-ratelimit-{limit,remaining,reset}[-requests|-tokens|…]`; Cerebras adds
 *   the span (`-tokens-minute`), Mistral and others leave parts out.
 * - Anthropic: `anthropic-ratelimit-{requests,tokens,input-tokens,output-tokens}-{limit,remaining,reset}`, and for plans
 *   `anthropic-ratelimit-unified[-5h|-7d]-{status,utilization,reset}` (anomalyco/opencode#49653).
 * - Drafts of the IETF's HTTPAPI group: `ratelimit-{limit,remaining,reset}` (06), `RateLimit: limit=…, remaining=…, reset=…`
 *   (07), `RateLimit: "default";r=50;t=30` with `RateLimit-Policy: "default";q=100;w=60` (10).
 */
const bare = /^(?:x-)?ratelimit-(limit|remaining|reset)(?:-(.+))?$/;
const anthropic = /^anthropic-ratelimit-(.+)-(limit|remaining|reset|status|utilization)$/;

export function limitWindows(headers: HeadMap): readonly LimitWindow[] {
  const found = new Map<string, Fields>();
  let looked = 0;
  for (const name in headers) {
    if (looked++ >= maxHeaders) break;
    const place = placeOf(name);
    const value = place === undefined ? undefined : headerOf(headers, name);
    if (place === undefined || value === undefined) continue;
    const fields = found.get(place.window) ?? {};
    fields[place.field] = value;
    found.set(place.window, fields);
  }
  return [...[...found].map(([name, fields]) => windowOf(name, fields)), ...structured(headers)];
}

function placeOf(name: string): { readonly window: string; readonly field: Field } | undefined {
  // Almost every header is none of these.
  if (!name.includes('ratelimit-')) return undefined;
  const one = bare.exec(name);
  if (one !== null) return { window: one[2] ?? '', field: one[1] as Field };
  const other = anthropic.exec(name);
  // What may be bought beyond a plan is no limit of it.
  return other === null || name.includes('overage') ? undefined : { window: other[1] ?? '', field: other[2] as Field };
}

function windowOf(name: string, fields: Fields): LimitWindow {
  const utilization = plainNumber(fields.utilization);
  const status = fields.status?.trim().toLowerCase();
  // A plan's window tells no counts, but whether it let the request in.
  const told = status === undefined ? undefined : status === 'rejected' ? 0 : 1;
  const remaining = plainNumber(fields.remaining) ?? told;
  return {
    counts: name.includes('tokens') ? 'tokens' : name.includes('req') ? 'requests' : undefined,
    remaining: remaining === undefined ? undefined : Math.max(0, remaining),
    share:
      utilization === undefined
        ? shareOf(plainNumber(fields.remaining), plainNumber(fields.limit))
        : within(1 - utilization),
    reset: fields.reset,
  };
}

function structured(headers: HeadMap): LimitWindow[] {
  const header = joined(headers['ratelimit']);
  if (header === undefined) return [];
  const quotas = new Map<string, number>();
  for (const item of items(joined(headers['ratelimit-policy']) ?? '')) {
    if (item.fields['q'] !== undefined) quotas.set(item.name, item.fields['q']);
  }
  // Draft 07: one dictionary, whose members are not items of a list.
  if (/^\s*(?:limit|remaining|reset)\s*=/.test(header)) {
    const fields = Object.assign({}, ...items(header).map((one) => one.fields)) as Readonly<
      Record<string, number | undefined>
    >;
    return [listed(undefined, fields['remaining'], fields['reset'], fields['limit'])];
  }
  return items(header).map(({ name, fields }) => listed(name, fields['r'], fields['t'], quotas.get(name)));
}

function listed(
  name: string | undefined,
  remaining: number | undefined,
  reset: number | undefined,
  limit: number | undefined,
): LimitWindow {
  const counts =
    name?.includes('token') === true ? 'tokens' : name?.includes('request') === true ? 'requests' : undefined;
  return {
    counts,
    remaining,
    share: shareOf(remaining, limit),
    reset: reset === undefined ? undefined : String(reset),
  };
}

interface Item {
  readonly name: string;
  readonly fields: Readonly<Record<string, number | undefined>>;
}

/** As much of RFC 9651 as these headers use: `"name";key=number;…`, or `key=number`, between commas. */
function items(header: string): Item[] {
  return header
    .slice(0, maxStructured)
    .split(',')
    .slice(0, maxItems)
    .map((text) => {
      const parts = text.split(';').map((part) => part.trim());
      const pairs = parts.flatMap((part) => {
        const match = /^([a-z]{1,20})=(\d{1,15})$/.exec(part);
        return match === null ? [] : [[match[1] ?? '', Number(match[2])] as const];
      });
      return { name: (parts[0] ?? '').replaceAll('"', '').toLowerCase(), fields: Object.fromEntries(pairs) };
    });
}
const maxStructured = 2_000;
const maxItems = 20;

function joined(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value.join(', ') : value;
}

function shareOf(remaining: number | undefined, limit: number | undefined): number | undefined {
  return remaining === undefined || limit === undefined || limit <= 0 ? undefined : within(remaining / limit);
}

function within(share: number): number {
  return Math.min(1, Math.max(0, share));
}
