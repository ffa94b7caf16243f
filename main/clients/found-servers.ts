/** Model servers that answer on their usual ports of this machine: a fixed set of questions, and none anywhere else (SEC-33). */
import { request } from 'node:http';
import type { ProviderKind } from '../../shared/config/provider.ts';

export interface ServerOnMachine {
  readonly id: string;
  readonly name: string;
  readonly kind: ProviderKind;
  readonly label: string;
  readonly baseUrl: string;
  /** Names of the models it says it has. */
  readonly models: readonly string[];
}

interface UsualServer {
  readonly name: 'ollama' | 'lmstudio' | 'llamacpp' | 'jan';
  readonly kind: ProviderKind;
  readonly label: string;
  readonly path: string;
  /** What follows the origin in its address. */
  readonly base: '' | '/v1';
  /** Names of its models; `undefined` when this is not such a server. */
  readonly list: (answer: unknown) => readonly string[] | undefined;
}

/** Where each is unless people moved it. */
export const usualPorts: Readonly<Record<UsualServer['name'], number>> = {
  ollama: 11434,
  lmstudio: 1234,
  llamacpp: 8080,
  jan: 1337,
};

/** One on this machine answers such a question in a few milliseconds. */
const longestMs = 500;
const mostBytes = 1_048_576;

const usualServers: readonly UsualServer[] = [
  { name: 'ollama', kind: 'ollama', label: 'Ollama', path: '/api/tags', base: '', list: ollamaModels },
  { name: 'lmstudio', kind: 'lmstudio', label: 'LM Studio', path: '/v1/models', base: '/v1', list: openAiModels },
  { name: 'llamacpp', kind: 'llamacpp', label: 'llama.cpp', path: '/v1/models', base: '/v1', list: llamaModels },
  { name: 'jan', kind: 'openai-compatible', label: 'Jan', path: '/v1/models', base: '/v1', list: openAiModels },
];

export interface ServerSearch {
  readonly ports: Readonly<Record<UsualServer['name'], number>>;
  /** Of our own, which are never asked. */
  readonly ownPorts: readonly number[];
}

/** Those that answer as they should. Never rejects. */
export async function findServers({ ports, ownPorts }: ServerSearch): Promise<readonly ServerOnMachine[]> {
  const asked = usualServers.map(async ({ name, kind, label, path, base, list }) => {
    const port = ports[name];
    if (ownPorts.includes(port)) return [];
    const models = list(await answerOf(port, path));
    if (models === undefined) return [];
    const baseUrl = `http://127.0.0.1:${String(port)}${base}`;
    return [{ id: `server-${name}-${String(port)}`, name, kind, label, baseUrl, models }];
  });
  return (await Promise.all(asked)).flat();
}

/** The JSON of a plain 200, without following anything; `undefined` for all else. */
function answerOf(port: number, path: string): Promise<unknown> {
  return new Promise((resolve) => {
    const nothing = (): void => resolve(undefined);
    const asking = request(
      {
        ...{ host: '127.0.0.1', port, path, method: 'GET', agent: false },
        headers: { accept: 'application/json' },
        signal: AbortSignal.timeout(longestMs),
      },
      (response) => {
        const chunks: Buffer[] = [];
        let bytes = 0;
        response.on('error', nothing).on('close', nothing);
        if (response.statusCode !== 200) {
          asking.destroy();
          return;
        }
        response
          .on('data', (chunk: Buffer) => {
            bytes += chunk.byteLength;
            if (bytes > mostBytes) asking.destroy();
            else chunks.push(chunk);
          })
          .on('end', () => resolve(parsed(Buffer.concat(chunks).toString('utf8'))));
      },
    );
    asking.on('error', nothing).end();
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : undefined;
}

/** The texts under this name, where all entries have one. */
function named(entries: unknown, name: string): readonly string[] | undefined {
  if (!Array.isArray(entries)) return undefined;
  const texts = entries.map((entry: unknown) => fieldOf(entry, name));
  return texts.every((text) => typeof text === 'string') ? texts : undefined;
}

function ollamaModels(answer: unknown): readonly string[] | undefined {
  return named(fieldOf(answer, 'models'), 'name');
}

function openAiModels(answer: unknown): readonly string[] | undefined {
  return fieldOf(answer, 'object') === 'list' ? named(fieldOf(answer, 'data'), 'id') : undefined;
}

/** Half of all development servers live on 8080: this one says who it is. */
function llamaModels(answer: unknown): readonly string[] | undefined {
  const models = openAiModels(answer);
  const owners = models === undefined ? undefined : named(fieldOf(answer, 'data'), 'owned_by');
  return owners?.includes('llamacpp') === true ? models : undefined;
}
