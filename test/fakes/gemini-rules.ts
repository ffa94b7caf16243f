// The rules of a Gemini request that a shape cannot say: turns, call and response counts, signatures, schemas, thinking.

import { geminiError, geminiIssue, place, requestError } from './gemini-errors.ts';
import { PART_DATA } from './gemini-spec.ts';
import { dict, isDict, list, text, type Dict } from './json.ts';
import type { Mint } from './mint.ts';
import { check, type Path, type Spec } from './shape.ts';

const SKIP = new Set(['skip_thought_signature_validator', 'context_engineering_is_the_way_to_go']);
const NAME = /^[a-zA-Z_][a-zA-Z0-9_.:-]{0,63}$/;
const TYPES = ['STRING', 'NUMBER', 'INTEGER', 'BOOLEAN', 'ARRAY', 'OBJECT', 'NULL', 'TYPE_UNSPECIFIED'];

/** Gemini 3 and later demand thought signatures on tool turns. */
export const isGemini3 = (model: string): boolean => /^gemini-([3-9]|\d\d)/.test(model);

/** Throws the refusal Google would answer this (camelCase) body with. */
export function checkGenerate(body: Dict, spec: Spec, model: string, vertex: boolean, mint: Mint): void {
  const issue = check(body, spec);
  if (issue !== undefined) throw geminiIssue(issue);
  const contents = list(body.contents).map(dict);
  if (contents.length === 0) throw requestError('contents', 'contents is not specified');
  for (const [index, one] of contents.entries()) checkContent(one, index, vertex);
  if (isDict(body.systemInstruction)) checkParts(body.systemInstruction, 'system_instruction');
  checkTools(body);
  checkConfig(dict(body.generationConfig), body, model);
  checkTurns(contents, model, mint);
}

function checkContent(one: Dict, index: number, vertex: boolean): void {
  if (one.role === undefined ? vertex : one.role !== 'user' && one.role !== 'model')
    throw geminiError(400, 'Please use a valid role: user, model.');
  checkParts(one, `contents[${index}]`);
}

function checkParts(one: Dict, at: string): void {
  const parts = list(one.parts).map(dict);
  if (parts.length === 0) throw requestError(`${at}.parts`, 'contents.parts must not be empty.');
  for (const [index, part] of parts.entries()) {
    const data = PART_DATA.filter((name) => name in part);
    if (data.length === 0)
      throw requestError(`${at}.parts[${index}].data`, "required oneof field 'data' must have one initialized field");
    if (data.length > 1)
      throw geminiError(
        400,
        `Invalid value at '${at}.parts[${index}]' (oneof), oneof field 'data' is already set. Cannot set '${data[1] ?? ''}'`,
      );
    const blob = dict(part.inlineData);
    if ('inlineData' in part && text(blob.mimeType) === '')
      throw requestError(`${at}.parts[${index}].inline_data.mime_type`, 'must not be empty.');
  }
}

function checkTools(body: Dict): void {
  const declared = new Set<string>();
  for (const [index, tool] of list(body.tools).map(dict).entries()) {
    for (const [at, one] of list(tool.functionDeclarations).map(dict).entries()) {
      const path: Path = ['tools', index, 'functionDeclarations', at];
      const name = text(one.name);
      if (!NAME.test(name)) {
        throw requestError(
          `${place(path)}.name`,
          '[FIELD_INVALID] Invalid function name. Must start with a letter or an underscore. Must be alphanumeric (a-z, A-Z, 0-9), underscores (_), dots (.), colons (:), or dashes (-), with a maximum length of 64.',
        );
      }
      if (declared.has(name)) throw geminiError(400, `Duplicate function declaration found: ${name}`);
      declared.add(name);
      if (one.parameters !== undefined && one.parametersJsonSchema !== undefined)
        throw requestError(place(path), 'parameters and parameters_json_schema must not be set at the same time.');
      if (one.parameters !== undefined) checkSchema(dict(one.parameters), [...path, 'parameters'], true);
      if (
        one.parametersJsonSchema !== undefined &&
        dict(one.parametersJsonSchema).type !== 'object' &&
        dict(one.parametersJsonSchema).type !== 'OBJECT'
      ) {
        throw requestError(`${place(path)}.parameters_json_schema`, 'schema must be of type object.');
      }
    }
  }
  const calling = dict(dict(body.toolConfig).functionCallingConfig);
  if (calling.mode !== undefined && declared.size === 0)
    throw geminiError(400, 'Function calling config is set without function_declarations.');
  if (
    calling.mode !== undefined &&
    !['AUTO', 'ANY', 'NONE', 'VALIDATED', 'MODE_UNSPECIFIED'].includes(text(calling.mode).toUpperCase())
  ) {
    throw geminiError(
      400,
      `Invalid value at 'tool_config.function_calling_config.mode' (type.googleapis.com/google.ai.generativelanguage.v1beta.FunctionCallingConfig.Mode), ${JSON.stringify(calling.mode)}`,
    );
  }
  const allowed = list(calling.allowedFunctionNames).map(text);
  if (allowed.length > 0 && !['ANY', 'VALIDATED'].includes(text(calling.mode).toUpperCase()))
    throw geminiError(400, 'allowed_function_names should be set only when function_calling_mode is ANY.');
  const stranger = allowed.find((name) => !declared.has(name));
  if (stranger !== undefined)
    throw geminiError(400, `allowed_function_names contains a function that is not declared: ${stranger}`);
}

function checkSchema(schema: Dict, path: Path, top: boolean): void {
  const at = place(path);
  const type = text(schema.type).toUpperCase();
  if (schema.type !== undefined && !TYPES.includes(type)) {
    throw geminiError(
      400,
      `Invalid value at '${at}.type' (type.googleapis.com/google.ai.generativelanguage.v1beta.Type), ${JSON.stringify(schema.type)}`,
    );
  }
  if (schema.type === undefined && schema.anyOf === undefined) throw requestError(`${at}.type`, 'must be specified');
  if (top && type !== 'OBJECT') throw requestError(at, 'function parameters schema should be of type OBJECT.');
  if (
    schema.anyOf !== undefined &&
    Object.keys(schema).some((key) => !['anyOf', 'type', 'description', 'nullable', 'title', 'default'].includes(key))
  ) {
    throw geminiError(400, `* GenerateContentRequest.${at}: when using any_of, it must be the only field set.\n`);
  }
  const properties = dict(schema.properties);
  if (type === 'OBJECT' && Object.keys(properties).length === 0)
    throw requestError(`${at}.properties`, 'should be non-empty for OBJECT type');
  if (type === 'ARRAY' && schema.items === undefined) throw requestError(`${at}.items`, 'missing field.');
  if (schema.enum !== undefined && type !== 'STRING') throw requestError(`${at}.enum`, 'only allowed for STRING type');
  if (list(schema.enum).includes(''))
    throw requestError(`${at}.enum[${list(schema.enum).indexOf('')}]`, 'cannot be empty');
  if (type === 'STRING' && schema.format !== undefined && !['enum', 'date-time'].includes(text(schema.format))) {
    throw requestError(`${at}.format`, "only 'enum' and 'date-time' are supported for STRING type");
  }
  for (const [index, name] of list(schema.required).map(text).entries()) {
    if (!(name in properties)) throw requestError(`${at}.required[${index}]`, 'property is not defined');
  }
  for (const [key, one] of Object.entries(properties)) checkSchema(dict(one), [...path, `properties[${key}]`], false);
  for (const [index, one] of list(schema.anyOf).entries()) checkSchema(dict(one), [...path, 'anyOf', index], false);
  if (schema.items !== undefined) checkSchema(dict(schema.items), [...path, 'items'], false);
}

function checkConfig(config: Dict, body: Dict, model: string): void {
  const within = (name: string, low: number, high: number, label: string): void => {
    const value = config[name];
    if (typeof value === 'number' && (value < low || value > high))
      throw requestError(
        `generation_config.${label}`,
        `${label} must be in the range [${low.toFixed(1)}, ${high.toFixed(1)}].`,
      );
  };
  within('temperature', 0, 2, 'temperature');
  within('topP', 0, 1, 'top_p');
  within('candidateCount', 1, 8, 'candidate_count');
  if (typeof config.maxOutputTokens === 'number' && config.maxOutputTokens < 1)
    throw requestError('generation_config.max_output_tokens', 'max_output_tokens must be positive.');
  if (list(config.stopSequences).length > 5)
    throw requestError('generation_config.stop_sequences', 'the number of stop sequences must be at most 5.');
  if (config.responseSchema !== undefined && config.responseJsonSchema !== undefined)
    throw requestError(
      'generation_config',
      'response_schema and response_json_schema must not be set at the same time.',
    );
  const schema = config.responseSchema ?? config.responseJsonSchema;
  if (
    schema !== undefined &&
    config.responseMimeType !== 'application/json' &&
    config.responseMimeType !== 'text/x.enum'
  ) {
    throw requestError(
      'generation_config.response_schema',
      "response_mime_type must be 'application/json' or 'text/x.enum' when a response schema is set.",
    );
  }
  if (isDict(config.responseSchema)) checkSchema(config.responseSchema, ['generationConfig', 'responseSchema'], false);
  const functions = list(body.tools).some((tool) => 'functionDeclarations' in dict(tool));
  if (functions && config.responseMimeType === 'application/json' && !isGemini3(model)) {
    throw geminiError(400, "Function calling with a response mime type: 'application/json' is unsupported");
  }
  checkThinking(dict(config.thinkingConfig), model);
}

function checkThinking(thinking: Dict, model: string): void {
  if (Object.keys(thinking).length === 0) return;
  if (/^gemini-(1|2\.0)/.test(model)) throw geminiError(400, 'Thinking is not supported by this model.');
  const budget = thinking.thinkingBudget;
  if (budget !== undefined && thinking.thinkingLevel !== undefined)
    throw geminiError(400, 'You can only set only one of thinking budget and thinking level.');
  if (thinking.thinkingLevel !== undefined && !isGemini3(model))
    throw geminiError(400, 'Thinking level is not supported for this model.');
  if (
    thinking.thinkingLevel !== undefined &&
    !['MINIMAL', 'LOW', 'MEDIUM', 'HIGH'].includes(text(thinking.thinkingLevel).toUpperCase())
  ) {
    throw geminiError(
      400,
      `Invalid value at 'generation_config.thinking_config.thinking_level' (type.googleapis.com/google.ai.generativelanguage.v1beta.ThinkingConfig.ThinkingLevel), ${JSON.stringify(thinking.thinkingLevel)}`,
    );
  }
  if (budget === 0 && /-pro/.test(model))
    throw geminiError(400, 'Budget 0 is invalid. This model only works in thinking mode.');
  if (budget === 0 && thinking.includeThoughts === true)
    throw geminiError(
      400,
      'Unable to submit request because Thinking_config.include_thoughts is only enabled when thinking is enabled.',
    );
  if (typeof budget === 'number' && (budget < -1 || budget > 32_768))
    throw geminiError(400, `The thinking budget ${budget} is invalid. Please choose a value between 0 and 32768.`);
}

const partsOf = (one: Dict | undefined, name: string): Dict[] =>
  list(one?.parts)
    .map(dict)
    .filter((part) => name in part);

function checkTurns(contents: readonly Dict[], model: string, mint: Mint): void {
  if (contents[0]?.role === 'model')
    throw geminiError(400, 'Please ensure that multiturn requests start with a user role.');
  const start = contents.findLastIndex((one) => one.role !== 'model' && partsOf(one, 'functionResponse').length === 0);
  for (const [index, one] of contents.entries()) {
    const calls = partsOf(one, 'functionCall');
    const responses = partsOf(one, 'functionResponse');
    const before = contents[index - 1];
    if (calls.length > 0 && one.role !== 'model')
      throw geminiError(400, 'Please ensure that function call turns have the model role.');
    if (calls.length > 0 && before?.role === 'model')
      throw geminiError(
        400,
        'Please ensure that function call turn comes immediately after a user turn or after a function response turn.',
      );
    if (responses.length > 0) checkResponses(responses, partsOf(before, 'functionCall'));
    if (calls.length > 0 && partsOf(contents[index + 1], 'functionResponse').length === 0) {
      throw geminiError(
        400,
        'Please ensure that the number of function response parts is equal to the number of function call parts of the function call turn.',
      );
    }
    checkSignatures(one, index > start && isGemini3(model), index, mint);
  }
}

function checkResponses(responses: readonly Dict[], calls: readonly Dict[]): void {
  if (calls.length === 0)
    throw geminiError(400, 'Please ensure that function response turn comes immediately after a function call turn.');
  if (responses.length !== calls.length) {
    throw geminiError(
      400,
      'Please ensure that the number of function response parts is equal to the number of function call parts of the function call turn.',
    );
  }
  const names = calls.map((part) => text(dict(part.functionCall).name));
  for (const part of responses) {
    const at = names.indexOf(text(dict(part.functionResponse).name));
    if (at < 0)
      throw geminiError(400, 'Please ensure that the function response name matches the name of the function call.');
    names.splice(at, 1);
  }
  const ids = calls.map((part) => text(dict(part.functionCall).id)).filter((id) => id !== '');
  const stranger = responses
    .map((part) => text(dict(part.functionResponse).id))
    .find((id) => id !== '' && ids.length > 0 && !ids.includes(id));
  if (stranger !== undefined)
    throw geminiError(400, `Function response id ${stranger} does not match the id of any function call.`);
}

/** In the running turn of a Gemini 3 model, the first call of each step must carry its signature. */
function checkSignatures(one: Dict, demanded: boolean, index: number, mint: Mint): void {
  const parts = list(one.parts).map(dict);
  for (const part of parts) {
    const signature = part.thoughtSignature;
    if (typeof signature === 'string' && !SKIP.has(signature) && !mint.isThoughtSignature(signature))
      throw geminiError(400, 'Corrupted thought signature.');
  }
  const first = parts.find((part) => 'functionCall' in part);
  if (!demanded || first === undefined || typeof first.thoughtSignature === 'string') return;
  throw geminiError(
    400,
    `Function call is missing a thought_signature in functionCall parts. This is required for tools to work correctly, and missing thought_signature may lead to degraded model performance. Additional data, function call \`default_api:${text(dict(first.functionCall).name)}\` , position ${index + 1}. Please refer to https://ai.google.dev/gemini-api/docs/thought-signatures for more details.`,
  );
}
