// Error bodies as providers write them, the shapes several of them share.
import type { ProviderKind } from '../../../../shared/config/provider.ts';
import type { UpstreamClass } from '../../../../main/gateway/exchange.ts';

export type Row = readonly [kind: ProviderKind, status: number, body: unknown, means: UpstreamClass];

export const openai = (message: string, code: string | null = null, type = 'invalid_request_error'): object => ({
  error: { message, type, param: null, code },
});
export const anthropic = (type: string, message: string): object => ({
  type: 'error',
  error: { type, message },
  request_id: 'req_1',
});
export const google = (code: number, status: string, message: string, details: readonly object[] = []): object => ({
  error: { code, message, status, details },
});
export const info = (reason: string): object => ({
  '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
  reason,
  domain: 'googleapis.com',
});
export const quota = (...ids: string[]): object => ({
  '@type': 'type.googleapis.com/google.rpc.QuotaFailure',
  violations: ids.map((quotaId) => ({ quotaMetric: 'generativelanguage.googleapis.com/x', quotaId })),
});
export const retry = { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '47s' };
export const aws = (message: string, type?: string): object => ({
  message,
  ...(type === undefined ? {} : { __type: type }),
});
export const routed = (code: number, message: string, raw: unknown): object => ({
  error: { message, code, metadata: { raw: typeof raw === 'string' ? raw : JSON.stringify(raw), provider_name: 'X' } },
});

export const plan = 'You exceeded your current quota, please check your plan and billing details.';
