/** The JSON Schema of a bundle, made from the schemas that check it: for editors, and for whoever writes one by machine. */
import * as z from 'zod';
import { bundlePayload } from '../../../shared/bundle/payload.ts';

type Schema = Record<string, unknown>;

export const bundleSchemaUrn = 'urn:sluice:schema:bundle-1';

/** The keys under which schemas, or lists or tables of them, stand in a schema. */
const single = ['items', 'additionalProperties', 'propertyNames', 'not', 'contains', 'if', 'then', 'else'] as const;
const lists = ['anyOf', 'oneOf', 'allOf', 'prefixItems'] as const;
const tables = ['properties', 'patternProperties', '$defs'] as const;

/**
 * Draft 2020-12; no name is allowed that is not in it. `authoring`: of what people write, where `publish` fills version, epoch and
 * moment in, and files are named for what they hold.
 */
export function bundleJsonSchema({ authoring = false }: { readonly authoring?: boolean } = {}): Schema {
  const made = z.toJSONSchema(bundlePayload, {
    io: 'input',
    unrepresentable: 'any',
    target: 'draft-2020-12',
  }) as Schema;
  const { $schema, $defs, ...root } = closed(made) as Schema & { $defs?: Record<string, Schema> };
  const definitions = new Definitions($defs ?? {});
  const properties = { ...(root['properties'] as Record<string, Schema>) };
  for (const part of ['enforced', 'defaults']) {
    const sections = properties[part];
    if (sections === undefined) continue;
    if (authoring) addAuthored(sections);
    // Both have the same shape, so that it stands in the schema once.
    properties[part] = definitions.named('policy', () => definitions.withLeaves(sections, false));
  }
  if (authoring) Object.assign(properties, authoredFrame);
  return {
    $schema,
    $id: authoring ? `${bundleSchemaUrn}:authoring` : bundleSchemaUrn,
    title: 'Sluice policy bundle',
    description: authoring
      ? 'bundle.yaml: what `sluice bundle publish` makes a signed bundle of.'
      : 'What is inside of a signed bundle.',
    ...root,
    required: authoring ? ['schema', 'id'] : ['schema', 'id', 'version', 'epoch', 'issued_at'],
    properties,
    if: { required: ['enforced'] },
    // Not as a property: an object with `then` would be taken for a promise.
    ...Object.fromEntries([
      [
        'then',
        authoring
          ? { anyOf: [{ required: ['expires_at'] }, { required: ['expires_after'] }, { required: ['extends'] }] }
          : { required: ['expires_at'] },
      ],
    ]),
    $defs: definitions.all,
  };
}

/** What stands in files of their own, or follows from the moment of publishing. */
const authoredFrame: Record<string, Schema> = {
  expires_after: {
    type: 'string',
    pattern: '^P(?=.)([0-9]{1,4}D)?(T[0-9]{1,6}H)?$',
    description: 'In place of expires_at: so long after it is published, as P90D',
  },
  extends: {
    description: 'A bundle that this one takes over, from the folder of this file on',
    anyOf: [
      { type: 'string', minLength: 1 },
      {
        type: 'object',
        required: ['file'],
        properties: {
          file: { type: 'string', minLength: 1 },
          trust: { type: 'string', description: 'Fingerprint of its publisher; of a signed one' },
        },
        unevaluatedProperties: false,
      },
    ],
  },
};

const fileName: Schema = { type: 'string', minLength: 1, description: 'From the folder of bundle.yaml on' };

function addAuthored(sections: Schema): void {
  const properties = sections['properties'] as Record<
    string,
    { properties?: Schema; items?: { properties?: Schema; required?: string[] } }
  >;
  const masking = properties['masking']?.properties;
  if (masking !== undefined) masking['terms_file'] = { anyOf: [fileName, { type: 'array', items: fileName }] };
  const template = properties['templates']?.items;
  if (template?.properties === undefined) return;
  template.properties['body_file'] = fileName;
  template.required = (template.required ?? []).filter((name) => name !== 'body');
}

/** Copies a schema; what allowed no further names says so in the words that also hold beside `if` and `anyOf`. */
function closed(schema: unknown): unknown {
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) return schema;
  const { additionalProperties, ...rest } = mapSchemas(schema as Schema, closed);
  if (additionalProperties === false) return { ...rest, unevaluatedProperties: false };
  return additionalProperties === undefined ? rest : { ...rest, additionalProperties };
}

/** Applies `change` to every schema directly inside of one. */
function mapSchemas(schema: Schema, change: (inner: unknown, key: string) => unknown): Schema {
  const changed: Schema = { ...schema };
  for (const key of single) if (typeof changed[key] === 'object') changed[key] = change(changed[key], key);
  for (const key of lists) {
    const list = changed[key];
    if (Array.isArray(list)) changed[key] = list.map((inner) => change(inner, key));
  }
  for (const key of tables) {
    const table = changed[key];
    if (typeof table !== 'object' || table === null) continue;
    changed[key] = Object.fromEntries(Object.entries(table).map(([name, inner]) => [name, change(inner, key)]));
  }
  return changed;
}

const leafFrame = { reason: { type: 'string', maxLength: 280 }, ref: { type: 'string', maxLength: 120 } };

/** `$defs`: each shape that may also be written as a leaf stands there once. */
class Definitions {
  readonly all: Record<string, Schema>;
  readonly #names = new Map<string, string>();

  constructor(given: Readonly<Record<string, Schema>>) {
    this.all = { ...given };
  }

  named(name: string, make: () => Schema): Schema {
    if (this.all[name] === undefined) {
      this.all[name] = {};
      this.all[name] = make();
    }
    return { $ref: `#/$defs/${name}` };
  }

  /** A value, or `{value, reason, ref}` with it. What stands in conditions is left as it is. */
  #leaf(schema: Schema): Schema {
    if (schema['$ref'] !== undefined) return schema;
    const inner = this.withLeaves(schema, true);
    const text = JSON.stringify(inner);
    const name = this.#names.get(text) ?? `leaf-${this.#names.size + 1}`;
    this.#names.set(text, name);
    return this.named(name, () => ({
      anyOf: [
        inner,
        {
          type: 'object',
          required: ['value'],
          properties: { value: inner, ...leafFrame },
          unevaluatedProperties: false,
        },
      ],
    }));
  }

  withLeaves(schema: Schema, isInside: boolean): Schema {
    const isChild = (key: string): boolean => ['properties', 'items', 'additionalProperties'].includes(key);
    const changed = mapSchemas(schema, (inner, key) => {
      if (typeof inner !== 'object' || inner === null || key === 'propertyNames') return inner;
      return isChild(key) ? this.#leaf(inner as Schema) : this.withLeaves(inner as Schema, isInside);
    });
    return changed;
  }
}
