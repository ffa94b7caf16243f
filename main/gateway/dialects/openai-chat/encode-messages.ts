/** Canonical messages as those of a Chat Completions request. */
import { createHash } from 'node:crypto';
import type { CanonicalMessage, CanonicalPart, Json, JsonObject, LossSink, MediaSource } from '../canonical.ts';
import { append, type EncodeRequestContext } from '../dialect.ts';

type Body = Record<string, Json | undefined>;

export function encodeMessages(messages: readonly CanonicalMessage[], context: EncodeRequestContext): Body[] {
  return messages.flatMap((message, index) => encodeMessage(message, `/messages/${String(index)}`, context));
}

/** Mistral takes ids of exactly nine letters and digits (docs.mistral.ai, function calling): the same id always becomes the same. */
function wireId(id: string, { rules }: EncodeRequestContext): string {
  if (rules.mistral !== true || /^[A-Za-z0-9]{9}$/.test(id)) return id;
  return createHash('sha256').update(id).digest('hex').slice(0, 9);
}

function encodeMessage(message: CanonicalMessage, path: string, context: EncodeRequestContext): Body[] {
  const { losses } = context;
  const named = message.name === undefined ? {} : { name: message.name };
  switch (message.role) {
    case 'system':
      return [
        {
          role: systemRole(message, path, context),
          content: encodeContent(textOnly(message.parts, path, losses), path, losses),
          ...named,
        },
      ];
    case 'user':
      return [{ role: 'user', content: encodeContent(message.parts, path, losses), ...named }];
    case 'assistant':
      return [{ ...encodeAssistant(message.parts, path, context), ...named }];
    case 'tool':
      return encodeResults(message.parts, path, context);
  }
}

function systemRole(message: CanonicalMessage, path: string, { rules, losses }: EncodeRequestContext): string {
  if (rules.noSystem === true) {
    losses(path, 'this model takes no system prompt: sent as user text');
    return 'user';
  }
  return message.developer === true && rules.developerRole === true ? 'developer' : 'system';
}

function textOnly(parts: readonly CanonicalPart[], path: string, losses: LossSink): readonly CanonicalPart[] {
  return parts.filter((part) => {
    if (part.type !== 'text') losses(`${path}/${part.type}`, 'an instruction of Chat Completions holds text only');
    return part.type === 'text';
  });
}

function joined(parts: readonly CanonicalPart[], type: 'reasoning' | 'refusal'): string {
  return parts.map((part) => (part.type === type ? part.text : '')).join('');
}

function encodeAssistant(parts: readonly CanonicalPart[], path: string, context: EncodeRequestContext): Body {
  const { rules, losses } = context;
  const message: Body = { role: 'assistant', content: null };
  const texts = parts.filter((part) => part.type === 'text');
  if (texts.length > 0) message['content'] = encodeContent(texts, path, losses);
  const reasoning = joined(parts, 'reasoning');
  if (reasoning !== '') {
    if (rules.reasoningField !== undefined) message[rules.reasoningField] = reasoning;
    else losses(`${path}/reasoning`, 'earlier reasoning has no place in Chat Completions');
  }
  const refusal = joined(parts, 'refusal');
  if (refusal !== '') message['refusal'] = refusal;
  const calls = parts.flatMap((part) => (part.type === 'tool-call' ? [part] : []));
  if (calls.length > 0) {
    message['tool_calls'] = calls.map((call) => ({
      id: wireId(call.id, context),
      type: 'function',
      function: { name: call.name, arguments: call.input.trim() === '' ? '{}' : call.input },
      ...(call.opaque?.form === 'thought_signature'
        ? { extra_content: { google: { thought_signature: call.opaque.data } } }
        : {}),
    }));
  } else if (message['content'] === null && refusal === '') message['content'] = '';
  for (const part of parts) {
    if (part.type === 'image' || part.type === 'document' || part.type === 'audio')
      losses(`${path}/${part.type}`, 'an assistant message of Chat Completions holds text only');
  }
  return message;
}

/** One message a result; what is no text goes into a user message behind them, because a tool message cannot hold it. */
function encodeResults(parts: readonly CanonicalPart[], path: string, context: EncodeRequestContext): Body[] {
  const { losses } = context;
  const messages: Body[] = [];
  const moved: CanonicalPart[] = [];
  for (const part of parts) {
    if (part.type !== 'tool-result') {
      moved.push(part);
      continue;
    }
    const texts = part.parts.flatMap((one) => (one.type === 'text' ? [one.text] : []));
    const others = part.parts.filter((one) => one.type !== 'text');
    if (others.length > 0) {
      losses(`${path}/${part.callId}`, 'images and files of a tool result were moved behind it');
      moved.push({ type: 'text', text: `Attached to the result of ${part.name ?? part.callId}:` });
      append(moved, others);
      if (texts.length === 0) texts.push('The result is attached below.');
    }
    const text = texts.join('\n');
    messages.push({
      role: 'tool',
      tool_call_id: wireId(part.callId, context),
      content: part.isError === true && !/error/i.test(text) ? `Error: ${text}` : text,
    });
  }
  if (moved.length > 0) messages.push({ role: 'user', content: encodeContent(moved, path, losses) });
  return messages;
}

/** A single text is a string: every server takes that; several parts are an array, which must not be empty. */
function encodeContent(parts: readonly CanonicalPart[], path: string, losses: LossSink): Json {
  const [only] = parts;
  if (parts.length === 1 && only?.type === 'text') return only.text;
  const encoded = parts.flatMap((part) => encodePart(part, path, losses));
  return encoded.length === 0 ? '' : encoded;
}

function encodePart(part: CanonicalPart, path: string, losses: LossSink): JsonObject[] {
  switch (part.type) {
    case 'text':
      return [{ type: 'text', text: part.text }];
    case 'image': {
      const url = urlOf(part.source);
      if (url === undefined) return lost(`${path}/image`, 'a file id of another provider cannot be used', losses);
      return [{ type: 'image_url', image_url: { url, ...(part.detail === undefined ? {} : { detail: part.detail }) } }];
    }
    case 'document':
      return encodeDocument(part.source, part.name, path, losses);
    case 'audio': {
      if (part.source.kind !== 'base64') return lost(`${path}/audio`, 'audio must be sent as bytes', losses);
      const format = part.source.mediaType.replace(/^audio\/(?:x-)?/, '').replace('mpeg', 'mp3');
      return [{ type: 'input_audio', input_audio: { data: part.source.data, format } }];
    }
    case 'refusal':
      return [{ type: 'text', text: part.text }];
    default:
      return lost(`${path}/${part.type}`, 'has no place in this message', losses);
  }
}

function encodeDocument(source: MediaSource, name: string | undefined, path: string, losses: LossSink): JsonObject[] {
  switch (source.kind) {
    case 'text':
      return [{ type: 'text', text: name === undefined ? source.text : `${name}:\n${source.text}` }];
    case 'base64':
      return [
        {
          type: 'file',
          file: { filename: name ?? 'document.pdf', file_data: `data:${source.mediaType};base64,${source.data}` },
        },
      ];
    case 'file':
      return lost(`${path}/document`, 'a file id of another provider cannot be used', losses);
    case 'url':
      return lost(`${path}/document`, 'Chat Completions takes files as bytes, not by URL', losses);
  }
}

function lost(path: string, why: string, losses: LossSink): JsonObject[] {
  losses(path, why);
  return [];
}

function urlOf(source: MediaSource): string | undefined {
  if (source.kind === 'url') return source.url;
  return source.kind === 'base64' ? `data:${source.mediaType};base64,${source.data}` : undefined;
}
