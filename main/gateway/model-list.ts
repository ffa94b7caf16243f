/** `GET /v1/models` in the shape of whoever asks, from the snapshot alone: at once, and never with a redirect (CLI-02, CLI-03). */
import { GatewayError } from '../../shared/errors/gateway-error.ts';
import { isGlob } from '../kit/glob.ts';
import type { JsonObject } from './dialects/canonical.ts';
import { JsonDocument } from './dialects/document.ts';
import type { Surface } from './exchange.ts';
import { accessIn, mayUseModel, modelAccessOf } from './policies/access.ts';
import type { ModelFacts, Snapshot, VirtualKey } from './ports.ts';
import type { HeaderList } from './relay/client-writer.ts';
import { AliasReach } from './alias-reach.ts';
import { claudeAlias } from './routing/router.ts';

export interface ModelsInput {
  readonly surface: Surface;
  readonly snapshot: Snapshot;
  readonly key: VirtualKey;
}

interface Listed {
  readonly id: string;
  readonly owner: string;
  readonly label: string;
  readonly facts: ModelFacts | undefined;
}

/** Anthropic's and Gemini's lists carry a date; ours has none to tell. */
const unknownDate = '1970-01-01T00:00:00Z';
/** The version of Ollama's API that is emulated; clients only look whether there is one. */
const ollamaVersion = '0.6.4';
const geminiMethods = ['generateContent', 'streamGenerateContent', 'countTokens'];

/** Throws `route.model_not_found` for `GET /v1/models/{id}` of a model that is not listed. */
export function answerModels(input: ModelsInput): { status: number; headers: HeaderList; body: Buffer } {
  const { surface } = input;
  if (surface.id === 'ollama_version') return json({ version: ollamaVersion });
  const listed = modelsFor(input);
  let body: JsonObject;
  if (surface.pathModel === undefined) body = listBody(input, listed);
  else {
    const wanted = surface.pathModel.replace(/^models\//, '');
    const found = listed.find((one) => one.id === wanted);
    if (found === undefined) {
      throw new GatewayError(
        'route.model_not_found',
        `The model "${wanted.replace(/[^\x20-\x7e]/g, '?').slice(0, 200)}" is not listed here; GET /v1/models lists what is.`,
        {
          param: 'model',
        },
      );
    }
    body = entryBody(input, found);
  }
  return json(body);
}

function json(body: JsonObject): { status: number; headers: HeaderList; body: Buffer } {
  return { status: 200, headers: [['content-type', 'application/json']], body: Buffer.from(JSON.stringify(body)) };
}

/** What this key may use: aliases first, then every provider's models; for Claude clients also under names their picker keeps. */
function modelsFor(input: ModelsInput): Listed[] {
  const { snapshot, key, surface } = input;
  const access = accessIn(snapshot, modelAccessOf(key));
  const reach = new AliasReach(snapshot, access);
  const listed: Listed[] = [];
  // One alias may stand in several routes, each with its condition.
  const aliases = new Set(snapshot.routes.map((route) => route.alias));
  for (const alias of aliases) {
    if (isGlob(alias) || !reach.leadsSomewhere(alias)) continue;
    listed.push({ id: alias, owner: 'sluice', label: alias, facts: undefined });
  }
  for (const provider of snapshot.providers.values()) {
    for (const facts of provider.models.values()) {
      const id = `${provider.id}/${facts.id}`;
      if (!mayUseModel(access, [id, facts.id], provider.id)) continue;
      const own = provider.kind === 'anthropic' ? facts.id : id;
      const name = surface.family === 'anthropic' ? own : id;
      if (!reach.isAnswered(name)) continue;
      listed.push({
        id: name,
        owner: provider.id,
        label: `${facts.id} (${provider.id})`,
        facts,
      });
    }
  }
  if (surface.family !== 'anthropic') return listed;
  return listed.map((one) => (/^(claude|anthropic)/.test(one.id) ? one : aliased(one)));
}

function aliased(one: Listed): Listed {
  const slash = one.id.indexOf('/');
  const providerId = slash === -1 ? 'route' : one.id.slice(0, slash);
  return { ...one, id: claudeAlias({ providerId, model: slash === -1 ? one.id : one.id.slice(slash + 1) }) };
}

function listBody(input: ModelsInput, listed: readonly Listed[]): JsonObject {
  switch (input.surface.family) {
    case 'anthropic': {
      const data = listed.map((one) => entryBody(input, one));
      return { data, has_more: false, first_id: listed[0]?.id ?? null, last_id: listed[listed.length - 1]?.id ?? null };
    }
    case 'gemini':
      return { models: listed.map((one) => entryBody(input, one)) };
    case 'ollama':
      return { models: listed.map((one) => entryBody(input, one)) };
    case 'openai':
      return {
        object: 'list',
        data: listed.map((one) => entryBody(input, one)),
        // Codex names its version, reads `models` alone and goes on with the catalogue it brings when that is empty. Entries would
        // replace that catalogue, its own models included, and would have to hold the system prompt of each (measured, 0.169.0).
        ...(input.surface.query.has('client_version') ? { models: [] } : {}),
      };
  }
}

function entryBody(input: ModelsInput, one: Listed): JsonObject {
  switch (input.surface.family) {
    case 'anthropic':
      return { type: 'model', id: one.id, display_name: one.label, created_at: unknownDate };
    case 'gemini':
      return {
        name: `models/${one.id}`,
        displayName: one.label,
        ...(one.facts?.contextWindow === undefined ? {} : { inputTokenLimit: one.facts.contextWindow }),
        ...(one.facts?.maxOutputTokens === undefined ? {} : { outputTokenLimit: one.facts.maxOutputTokens }),
        supportedGenerationMethods: geminiMethods,
      };
    case 'ollama':
      return {
        name: one.id,
        model: one.id,
        modified_at: unknownDate,
        size: 0,
        digest: '',
        details: { family: one.owner, format: 'api' },
      };
    case 'openai':
      return { id: one.id, object: 'model', created: 0, owned_by: one.owner };
  }
}

/** `POST /api/show`: what a model can do, so that clients offer tools and images where they may. */
export function answerOllamaShow(input: ModelsInput & { readonly body: Buffer }): {
  status: number;
  headers: HeaderList;
  body: Buffer;
} {
  const document = JsonDocument.read(input.body);
  const wanted = document.value('model') ?? document.value('name');
  const found = modelsFor(input).find((one) => one.id === wanted);
  if (found === undefined) {
    throw new GatewayError('route.model_not_found', 'This model is not listed here; GET /api/tags lists what is.', {
      param: 'model',
    });
  }
  const { facts } = found;
  const capabilities = [
    'completion',
    ...(facts?.tools === false ? [] : ['tools']),
    ...(facts?.inputs?.includes('image') === true ? ['vision'] : []),
    ...(facts?.reasoning === true ? ['thinking'] : []),
  ];
  return json({
    details: { family: found.owner, format: 'api', parameter_size: '', quantization_level: '' },
    model_info: {
      'general.architecture': 'api',
      ...(facts?.contextWindow === undefined ? {} : { 'api.context_length': facts.contextWindow }),
    },
    capabilities,
  });
}
