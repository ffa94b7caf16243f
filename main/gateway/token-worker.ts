/** Counts tokens in a thread of its own: the tokenizer's tables take a third of a second and 80 MB to load, and counting takes time. */
import { parentPort } from 'node:worker_threads';
import { cutRuns, tokensPerCut } from './token-runs.ts';

export type Tokenizer = 'o200k' | 'cl100k';

export interface CountRequest {
  readonly id: number;
  readonly tokenizer: Tokenizer;
  /** UTF-8. */
  readonly text: Uint8Array;
}

/** `tokens` is `undefined` where counting failed. */
export interface CountReply {
  readonly id: number;
  readonly tokens: number | undefined;
}

type Count = (text: string) => number;

const port = parentPort;
if (port === null) throw new Error('The token counter runs in a worker thread.');

/** Words that look like marks of the template are words of the client. */
const asText = { disallowedSpecial: new Set<string>() };
const counters = new Map<Tokenizer, Promise<Count>>();

async function load(tokenizer: Tokenizer): Promise<Count> {
  const { countTokens } =
    tokenizer === 'o200k'
      ? await import('gpt-tokenizer/encoding/o200k_base')
      : await import('gpt-tokenizer/encoding/cl100k_base');
  return (text) => countTokens(text, asText);
}

function counterFor(tokenizer: Tokenizer): Promise<Count> {
  let counter = counters.get(tokenizer);
  if (counter === undefined) {
    counter = load(tokenizer);
    counters.set(tokenizer, counter);
  }
  return counter;
}

async function answer({ id, tokenizer, text }: CountRequest): Promise<CountReply> {
  try {
    const count = await counterFor(tokenizer);
    const whole = Buffer.from(text.buffer, text.byteOffset, text.byteLength).toString('utf8');
    let tokens = 0;
    let pieces = 0;
    for (const piece of cutRuns(whole)) {
      tokens += count(piece);
      pieces++;
    }
    tokens += (pieces - 1) * tokensPerCut;
    return { id, tokens };
  } catch {
    // Whoever asked has a bound without us.
    return { id, tokens: undefined };
  }
}

port.on('message', (request: CountRequest) => {
  void answer(request).then((reply) => {
    port.postMessage(reply);
  });
});
