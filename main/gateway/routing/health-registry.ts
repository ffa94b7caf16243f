/** All records of health by name, bounded, and kept in step with the configuration. */
import { RecentMap } from '../../kit/recent-map.ts';
import type { TargetRef } from '../exchange.ts';
import type { Credential, Provider } from '../ports.ts';
import { isLocalProvider, ModelRecord, ProviderRecord, TargetRecord } from './health-records.ts';

/** Clients may ask for any name, so that there is no end to them; the least recently used go. */
const maxTargets = 2_000;
const maxProviders = 500;

export class HealthRegistry {
  readonly #providers = new RecentMap<ProviderRecord>(maxProviders);
  readonly #models = new RecentMap<ModelRecord>(maxTargets, (dropped) => {
    this.#targetCount -= dropped.targets.size;
  });
  #targetCount = 0;
  #configured: ReadonlyMap<string, Provider> = new Map();

  get configured(): ReadonlyMap<string, Provider> {
    return this.#configured;
  }

  /** Least recently used first. */
  models(): IterableIterator<ModelRecord> {
    return this.#models.values();
  }

  get targetCount(): number {
    return this.#targetCount;
  }

  findProvider(id: string): ProviderRecord | undefined {
    return this.#providers.peek(id);
  }

  findModel(providerId: string, model: string): ModelRecord | undefined {
    return this.#models.peek(keyOf(providerId, model));
  }

  /** Makes the record if there is none; counts as a use. */
  providerOf(provider: Provider): ProviderRecord {
    let record = this.#providers.get(provider.id);
    if (record === undefined) {
      record = new ProviderRecord(provider);
      this.#providers.set(provider.id, record);
    }
    return record;
  }

  modelOf(providerId: string, model: string): ModelRecord {
    const key = keyOf(providerId, model);
    let record = this.#models.get(key);
    if (record === undefined) {
      record = new ModelRecord(providerId, model);
      this.#models.set(key, record);
    }
    return record;
  }

  targetOf(model: ModelRecord, provider: ProviderRecord, credential: string): TargetRecord {
    let target = model.targets.get(credential);
    if (target === undefined) {
      target = new TargetRecord(credential, provider.isLocal);
      model.targets.set(credential, target);
      this.#targetCount++;
      while (this.#targetCount > maxTargets && this.#models.size > 1) this.#models.dropOldest();
    }
    return target;
  }

  /** What is to be written down of a call: a configuration that is gone leaves nothing behind, and blames nobody of the same name. */
  recordsOf({ provider, model: name, credential }: TargetRef): {
    readonly provider: ProviderRecord;
    readonly model: ModelRecord;
    readonly target: TargetRecord;
  } {
    if (this.#isReplaced(provider, credential)) {
      const record = new ProviderRecord(provider);
      return {
        provider: record,
        model: new ModelRecord(provider.id, name),
        target: new TargetRecord(credential, record.isLocal),
      };
    }
    const record = this.providerOf(provider);
    const model = this.modelOf(provider.id, name);
    return { provider: record, model, target: this.targetOf(model, record, credential) };
  }

  /** A running exchange keeps the providers it began with, whatever was configured since. */
  #isReplaced(provider: Provider, credential: string): boolean {
    const current = this.#configured.get(provider.id);
    if (current === provider) return false;
    // Before anything was configured nothing can be gone.
    if (current === undefined) return this.#configured.size > 0;
    return isElsewhere(provider, current) || isOtherSecret(credential, provider, current);
  }

  /** `false` for what a change of the configuration has replaced, or what was forgotten. */
  isCurrent(model: ModelRecord, target: TargetRecord): boolean {
    return this.findModel(model.providerId, model.model) === model && model.targets.get(target.credential) === target;
  }

  /**
   * What is not configured any more is forgotten, and so is how a provider did at another address, or a credential with
   * another secret.
   */
  apply(providers: ReadonlyMap<string, Provider>): void {
    const before = this.#configured;
    this.#configured = providers;
    for (const [id, record] of this.#providers.entries()) {
      const provider = providers.get(id);
      if (provider === undefined || isElsewhere(before.get(id), provider)) this.#providers.delete(id);
      else for (const name of replaced(before.get(id), provider, record.refusals.keys())) record.refusals.delete(name);
    }
    for (const [key, model] of this.#models.entries()) {
      const provider = providers.get(model.providerId);
      if (provider === undefined || isElsewhere(before.get(provider.id), provider)) {
        this.#models.delete(key);
        this.#targetCount -= model.targets.size;
        continue;
      }
      for (const name of replaced(before.get(provider.id), provider, model.targets.keys())) {
        model.targets.delete(name);
        this.#targetCount--;
      }
    }
  }
}

function keyOf(providerId: string, model: string): string {
  return `${providerId}\n${model}`;
}

function isElsewhere(before: Provider | undefined, now: Provider): boolean {
  if (before === undefined) return false;
  return before.baseUrl !== now.baseUrl || isLocalProvider(before) !== isLocalProvider(now);
}

/** Which of these names have no credential any more, or one with another secret than before. */
function replaced(before: Provider | undefined, now: Provider, names: Iterable<string>): readonly string[] {
  return [...names].filter((name) => {
    if (!now.credentials.some((one) => one.name === name)) return true;
    return before !== undefined && isOtherSecret(name, before, now);
  });
}

function isOtherSecret(name: string, before: Provider, now: Provider): boolean {
  const former = before.credentials.find((one) => one.name === name);
  const current = now.credentials.find((one) => one.name === name);
  return former !== undefined && current !== undefined && secretText(former) !== secretText(current);
}

/** For comparing alone. */
function secretText({ secret }: Credential): string {
  switch (secret.kind) {
    case 'key':
      return secret.value.reveal();
    case 'aws':
      return [secret.accessKeyId, secret.secretAccessKey, secret.sessionToken].map((one) => one?.reveal()).join('\n');
    case 'google':
      return secret.serviceAccount?.reveal() ?? '';
    case 'none':
      return '';
    case 'missing':
      return secret.reason;
  }
}
