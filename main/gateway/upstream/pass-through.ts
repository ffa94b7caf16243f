/** A client's own login beside a path token: passed to the company that issued it and to nobody else (SEC-47). */
import { Secret } from '../../kit/secret.ts';
import type { Plan, Target } from '../exchange.ts';
import type { Provider } from '../ports.ts';

interface Issuer {
  readonly origin: string;
  /** Shape of what this company issues. */
  readonly shape: RegExp;
}

/** By provider kind: the company's own API origin and its tokens' shape. OpenAI also issues JWTs to its apps' users. */
const issuers: Readonly<Partial<Record<Provider['kind'], Issuer>>> = {
  anthropic: { origin: 'https://api.anthropic.com', shape: /^sk-ant-/ },
  openai: { origin: 'https://api.openai.com', shape: /^(?:sk-(?!ant-|sluice-)|eyJ)/ },
  gemini: { origin: 'https://generativelanguage.googleapis.com', shape: /^(?:AIza|ya29\.)/ },
};

/** `true` when this credential may go to this provider: same company, its own origin, and no credential of ours for it. */
export function mayPassThrough(provider: Provider, credential: string): boolean {
  const issuer = issuers[provider.kind];
  if (issuer === undefined || !issuer.shape.test(credential)) return false;
  if (new URL(provider.baseUrl).origin !== issuer.origin) return false;
  return provider.credentials.every((one) => one.secret.kind === 'missing' || one.secret.kind === 'none');
}

/**
 * The plan with the client's login as the first target's credential, where that is its issuer. It is never stored, and later
 * targets never get it: a fallback does not travel on somebody's subscription.
 */
export function withClientLogin<Planned extends Pick<Plan, 'targets'>>(
  plan: Planned,
  credential: string | undefined,
): Planned {
  const [first, ...rest] = plan.targets;
  if (credential === undefined || first === undefined || !mayPassThrough(first.provider, credential)) return plan;
  const login: Target = {
    ...first,
    provider: {
      ...first.provider,
      credentials: [
        { name: 'client login', weight: 1, models: ['*'], secret: { kind: 'key', value: new Secret(credential) } },
      ],
    },
  };
  return { ...plan, targets: [login, ...rest] };
}
