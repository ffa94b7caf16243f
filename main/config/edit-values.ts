/** What an edit may write: names that are names, values that a file can say, and no more than it holds. */
import { GatewayError } from '../../shared/errors/gateway-error.ts';
import { printable } from '../kit/printable.ts';
import { renderPath, type ConfigPath } from './problems.ts';

const maxDepth = 32;
/** A list of fifty thousand terms in its long form. */
const maxValues = 300_000;

/** Names that stand for something else than a value in many a program that reads a file. */
const reservedNames: readonly string[] = ['__proto__', 'constructor', 'prototype'];

/** Throws a `GatewayError` for a step that is no name. */
export function checkNames(path: ConfigPath): void {
  for (const step of path) if (reservedNames.includes(String(step))) throw reserved(String(step));
}

/** Only what JSON can say, and no more of it than a config file holds. */
export function checkValue(value: unknown, path: ConfigPath): void {
  let count = 0;
  const look = (inner: unknown, depth: number): void => {
    count += 1;
    if (depth > maxDepth || count > maxValues)
      throw invalid(`The value for ${spelt(path)} is larger than a config file holds.`);
    if (inner === null || typeof inner === 'string' || typeof inner === 'boolean') return;
    if (typeof inner === 'number' && Number.isFinite(inner)) return;
    if (typeof inner !== 'object')
      throw invalid(`The value for ${spelt(path)} is missing, or is nothing a file can say.`);
    if (Array.isArray(inner)) {
      for (const item of inner as unknown[]) look(item, depth + 1);
      return;
    }
    for (const [name, item] of Object.entries(inner)) {
      if (reservedNames.includes(name)) throw reserved(name);
      look(item, depth + 1);
    }
  };
  look(value, 0);
}

function reserved(name: string): GatewayError {
  return new GatewayError('control.refused', `"${name}" is no name that may stand in a config file.`);
}

/** A path for people. */
export function spelt(path: ConfigPath): string {
  return path.length === 0 ? 'The file' : printable(renderPath(path));
}

export function invalid(message: string): GatewayError {
  return new GatewayError('control.invalid_input', message);
}
