/** One call to an instance at its local socket, for those that find another one where they would be. */
import { request } from 'node:http';

export interface InstanceAnswer {
  /** Someone accepts there. One that is too busy to say more in time is alive all the same. */
  readonly answers: boolean;
  /** The value of its reply; `undefined` when there is none. */
  readonly value: unknown;
}

/** What an instance says of itself is a few lines. */
const maxAnswerChars = 1_000_000;

/** Never rejects, and takes no longer than `timeoutMs`. */
export function askInstance(address: string, name: string, timeoutMs: number): Promise<InstanceAnswer> {
  return new Promise((answered) => {
    const resolve = (answer: InstanceAnswer): void => {
      clearTimeout(timer);
      answered(answer);
      question.destroy();
    };
    const question = request(
      {
        socketPath: address,
        path: `/calls/${name}`,
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        agent: false,
      },
      (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          text += chunk;
          if (text.length > maxAnswerChars) resolve({ answers: true, value: undefined });
        });
        response.on('end', () => resolve({ answers: true, value: valueIn(text) }));
        response.on('error', () => resolve({ answers: true, value: undefined }));
      },
    );
    // Of all of it: one that says a little now and then is as silent as one that says nothing.
    const timer = setTimeout(() => resolve({ answers: true, value: undefined }), timeoutMs);
    question.on('error', (error: NodeJS.ErrnoException) =>
      resolve({ answers: error.code !== 'ECONNREFUSED' && error.code !== 'ENOENT', value: undefined }),
    );
    question.end('{}');
  });
}

function valueIn(text: string): unknown {
  try {
    return (JSON.parse(text) as { readonly value?: unknown }).value;
  } catch {
    return undefined;
  }
}
