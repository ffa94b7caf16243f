// Clients of all kinds at once: plain and streamed, patient and not, each on a connection of its own for as long as that lasts.
import { Agent, request as httpRequest, type IncomingMessage } from 'node:http';
import { draws, type Draws } from '../gateway/chaos/draw.ts';
import { readStream } from '../gateway/rigs.ts';
import { promptOf, type Course } from './providers.ts';

export const connections = 6;

export interface Asked {
  /** Unique in a loop; the client goes by this name too. */
  readonly n: number;
  readonly round: number;
  readonly connection: number;
  readonly key: string;
  readonly course: Course;
  readonly dialect: 'chat' | 'messages';
  readonly stream: boolean;
}

export interface Outcome extends Asked {
  /**
   * `whole`: an answer, up to its end. `refused`: an error of ours, complete. `failed`: the answer ended in an error. `left`: the
   * client did not want to hear the end. `lost`: the product is gone.
   */
  readonly kind: 'whole' | 'refused' | 'failed' | 'left' | 'lost';
  readonly requestId: string | undefined;
  readonly status: number | undefined;
  /** Bytes of the answer's text that came. */
  readonly seenBytes: number;
}

export interface Load {
  /** All outcomes, once the product is gone. */
  readonly ended: Promise<Outcome[]>;
}

interface LoadOptions {
  readonly url: string;
  readonly seed: string;
  readonly round: number;
  /** Secrets by key. */
  readonly keys: ReadonlyMap<string, string>;
  readonly nextNumber: () => number;
  /** The product is being killed. */
  readonly isKilled: () => boolean;
  /** An exchange has just ended. */
  readonly onEnd: () => void;
}

/** Asks on every connection, one after the other, until the product is gone. */
export function startLoad(options: LoadOptions): Load {
  const run = async (connection: number): Promise<Outcome[]> => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const chance = draws(options.seed, 'client', options.round, connection);
    const outcomes: Outcome[] = [];
    for (;;) {
      const asked = draw(options, connection, chance);
      const outcome = await ask(options, agent, asked, chance);
      outcomes.push(outcome);
      options.onEnd();
      if (outcome.kind === 'lost') break;
    }
    agent.destroy();
    return outcomes;
  };
  const all = Promise.all(Array.from({ length: connections }, (_, connection) => run(connection)));
  return { ended: all.then((lists) => lists.flat()) };
}

function draw({ keys, round, nextNumber }: LoadOptions, connection: number, chance: Draws): Asked {
  const course = chance.pick<Course>(['plain', 'plain', 'plain', 'slow', 'late', 'flaky', 'down', 'cut']);
  const [first = '', ...others] = keys.keys();
  return {
    ...{ n: nextNumber(), round, connection, course },
    key: chance.pick([first, ...others]),
    dialect: chance.pick(['chat', 'messages']),
    stream: course === 'cut' || chance.chance(0.6),
  };
}

interface Said {
  readonly response: IncomingMessage | undefined;
  readonly text: string;
  readonly broke: boolean;
}

async function ask(options: LoadOptions, agent: Agent, asked: Asked, chance: Draws): Promise<Outcome> {
  const leavesAfter = asked.course === 'slow' && asked.stream && chance.chance(0.6) ? chance.between(1, 6) : undefined;
  const body = {
    model: chance.pick(['first-a', 'first-b']),
    stream: asked.stream,
    messages: [{ role: 'user', content: promptOf(asked.n, asked.course) }],
    // Some do not say how much they want to hear: Messages must.
    ...(asked.dialect === 'messages' || chance.chance(0.8) ? { max_tokens: 200 } : {}),
  };
  const said = await send(options, agent, asked, JSON.stringify(body), leavesAfter);
  const { response, broke } = said;
  const status = response?.statusCode;
  const header = response?.headers['x-sluice-request-id'];
  const told = { ...asked, status, requestId: typeof header === 'string' ? header : undefined };
  if (broke && status === undefined && !options.isKilled()) throw new Error(`${JSON.stringify(asked)} is hung up on`);
  if (status !== 200) return { ...told, kind: broke ? 'lost' : 'refused', seenBytes: 0 };
  const read = asked.stream ? streamOf(asked, said) : plainOf(asked, said);
  const isLeft = leavesAfter !== undefined && !read.isWhole;
  const kind = isLeft ? 'left' : read.isWhole ? 'whole' : broke && options.isKilled() ? 'lost' : 'failed';
  return { ...told, kind, seenBytes: Buffer.byteLength(read.text) };
}

function streamOf({ dialect }: Asked, { text, broke }: Said): { readonly isWhole: boolean; readonly text: string } {
  // A beginning may end inside an event.
  const events = text.slice(0, text.lastIndexOf('\n\n') + 2);
  const answer = { status: 200, headers: {}, body: Buffer.from(events), text: events, json: () => ({}), torn: false };
  const read = readStream(dialect, answer);
  return { isWhole: read.finished && !read.failed && !broke, text: read.text };
}

function plainOf({ dialect }: Asked, { text, broke }: Said): { readonly isWhole: boolean; readonly text: string } {
  if (broke) return { isWhole: false, text: '' };
  const answer = JSON.parse(text) as {
    choices?: { message: { content: string } }[];
    content?: { text: string }[];
  };
  const said = dialect === 'chat' ? answer.choices?.[0]?.message.content : answer.content?.[0]?.text;
  return { isWhole: said !== undefined, text: said ?? '' };
}

/** Resolves with what came, whatever became of it. */
function send(
  { url, keys }: LoadOptions,
  agent: Agent,
  { n, key, dialect }: Asked,
  body: string,
  leavesAfter: number | undefined,
): Promise<Said> {
  return new Promise((resolve) => {
    const outgoing = httpRequest(`${url}${dialect === 'chat' ? '/v1/chat/completions' : '/v1/messages'}`, {
      method: 'POST',
      agent,
      headers: {
        ...{ authorization: `Bearer ${keys.get(key) ?? ''}`, 'content-type': 'application/json' },
        ...{ 'anthropic-version': '2023-06-01', 'user-agent': `n${String(n)}/1` },
        'content-length': Buffer.byteLength(body),
      },
    });
    let response: IncomingMessage | undefined;
    const chunks: Buffer[] = [];
    const end = (broke: boolean): void => resolve({ response, text: Buffer.concat(chunks).toString('utf8'), broke });
    outgoing.on('error', () => end(true));
    outgoing.on('response', (incoming) => {
      response = incoming;
      incoming.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        if (chunks.length !== leavesAfter) return;
        outgoing.destroy();
        end(true);
      });
      incoming.on('end', () => end(false));
      incoming.on('error', () => end(true));
      incoming.on('close', () => end(true));
    });
    outgoing.end(body);
  });
}
