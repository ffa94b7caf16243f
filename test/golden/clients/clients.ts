// The clients of the matrix: what each writes, and where it posts it.
import type { Body, ClientName, Conversation } from '../conversation.ts';
import * as anthropic from './anthropic.ts';
import * as chat from './chat.ts';
import * as gemini from './gemini.ts';
import * as responses from './responses.ts';

interface Client {
  write(conversation: Conversation): Body;
  goOn(body: Body, answer: Body, result: string): Body;
  read(answer: Body): Body;
}

export const clients: Readonly<Record<ClientName, Client>> = { chat, responses, anthropic, gemini };

/** Where a client posts its body, and the body with model and stream in their place. */
export function address(
  client: ClientName,
  body: Body,
  model: string,
  stream: boolean,
): { readonly path: string; readonly body: Body } {
  const streams = stream ? { stream } : {};
  switch (client) {
    case 'chat':
      return {
        path: '/v1/chat/completions',
        body: { model, ...body, ...streams, ...(stream ? { stream_options: { include_usage: true } } : {}) },
      };
    case 'responses':
      return { path: '/v1/responses', body: { model, ...body, ...streams } };
    case 'anthropic':
      return { path: '/v1/messages', body: { model, ...body, ...streams } };
    case 'gemini':
      return { path: `/v1beta/models/${model}:${stream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`, body };
  }
}
