// An OpenAPI 3.1 document, as far as the viewer reads it: operations by tag, and references followed. Pure.
//
//   paths./api/locate.get  tags [Locate]   ─▶   Locate: GET /api/locate, POST /api/locate
//   { $ref: '#/components/schemas/Unit' }  ─▶   the schema, and its name

export interface Schema {
  $ref?: string;
  type?: string | string[];
  format?: string;
  title?: string;
  description?: string;
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  prefixItems?: Schema[];
  additionalProperties?: boolean | Schema;
  oneOf?: Schema[];
  anyOf?: Schema[];
  allOf?: Schema[];
  enum?: unknown[];
  const?: unknown;
  default?: unknown;
  example?: unknown;
  examples?: unknown[];
  [limit: string]: unknown;
}

export interface Parameter {
  name: string;
  in: string;
  required?: boolean;
  description?: string;
  schema?: Schema;
  example?: unknown;
}

export type Content = Record<string, { schema?: Schema; example?: unknown }>;

export interface Answer {
  description?: string;
  headers?: Record<string, { description?: string; schema?: Schema }>;
  content?: Content;
}

export interface Operation {
  operationId?: string;
  summary?: string;
  description?: string;
  tags?: string[];
  deprecated?: boolean;
  parameters?: (Parameter | Ref)[];
  requestBody?: { description?: string; required?: boolean; content?: Content } | Ref;
  responses?: Record<string, Answer | Ref>;
  'x-permission'?: string;
}

export interface Ref {
  $ref: string;
}

export interface Document {
  info: { title: string; version: string; description?: string };
  tags?: { name: string; description?: string }[];
  paths: Record<string, Record<string, unknown> & { parameters?: (Parameter | Ref)[] }>;
  components?: unknown;
}

export interface Listed {
  /** In the address: `get-api-locate`. */
  id: string;
  method: string;
  path: string;
  operation: Operation;
  parameters: Parameter[];
}

export interface Group {
  name: string;
  description: string;
  list: Listed[];
}

const METHODS = ['get', 'post', 'put', 'patch', 'delete', 'head', 'options'];

/** What a `#/…` reference names; itself where it is none, null where there is nothing. */
export function follow<T extends object>(document: Document, one: T | Ref): T | null {
  const [seen, ref] = [new Set<string>(), (at: object) => ('$ref' in at && typeof at.$ref === 'string' ? at.$ref : null)];
  let at: object | null = one;
  for (let next = ref(one); at && next; next = at && ref(at)) {
    if (seen.has(next)) return null;
    seen.add(next);
    at = named(document, next);
  }
  return at as T | null;
}

function named(document: Document, ref: string): object | null {
  if (!ref.startsWith('#/')) return null;
  const parts = ref.slice(2).split('/').map((part) => decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~'));
  const found = parts.reduce<unknown>((at, part) => (at !== null && typeof at === 'object' && Object.hasOwn(at, part) ? (at as Record<string, unknown>)[part] : null), document);
  return found !== null && typeof found === 'object' ? found : null;
}

/** `Unit` of `#/components/schemas/Unit`. */
export const nameOf = (ref: string): string => ref.slice(ref.lastIndexOf('/') + 1);

export const idOf = (method: string, path: string): string => `${method}-${path.replace(/[^A-Za-z0-9]+/g, '-').replace(/^-|-$/g, '')}`;

/** By tag, in the order in which the document names them; those without one last. */
export function groups(document: Document, others: string): Group[] {
  const found = new Map<string, Group>((document.tags ?? []).map(({ name, description }) => [name, { name, description: description ?? '', list: [] }]));
  for (const one of operations(document)) {
    const name = one.operation.tags?.[0] ?? others;
    const group = found.get(name) ?? { name, description: '', list: [] };
    found.set(name, group);
    group.list.push(one);
  }
  return [...found.values()].filter(({ list }) => list.length > 0);
}

function operations(document: Document): Listed[] {
  return Object.entries(document.paths).flatMap(([path, item]) =>
    METHODS.flatMap((method) => {
      const operation = item[method] as Operation | undefined;
      if (!operation) return [];
      const parameters = [...(item.parameters ?? []), ...(operation.parameters ?? [])].flatMap((one) => follow<Parameter>(document, one) ?? []);
      return [{ id: idOf(method, path), method, path, operation, parameters }];
    }),
  );
}

const LIMITS = ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'minLength', 'maxLength', 'minItems', 'maxItems', 'pattern'];
const shown = (value: unknown) => JSON.stringify(value) ?? '';

/** `integer · int64`, `"day" | "night"`, `Unit[]`: in one line, as far as one line can say it. */
export function typeText(document: Document, schema: Schema | undefined): string {
  if (!schema) return '';
  if (schema.$ref) return nameOf(schema.$ref);
  if (schema.const !== undefined) return shown(schema.const);
  if (schema.enum) return schema.enum.map(shown).join(' | ');
  const several = schema.oneOf ?? schema.anyOf;
  if (several) return several.map((one) => typeText(document, one)).join(' | ');
  if (schema.allOf) return schema.allOf.map((one) => typeText(document, one)).join(' & ');
  const types = [schema.type ?? (schema.properties ? 'object' : 'any')].flat();
  return types.map((type) => (type === 'array' ? `${typeText(document, schema.items) || 'any'}[]` : [type, schema.format].filter(Boolean).join(' · '))).join(' | ');
}

/** What a schema says beyond its type: `minimum 1`, `default 10`. */
export function limitsOf(schema: Schema | undefined): string[] {
  if (!schema) return [];
  const limits = LIMITS.flatMap((name) => (schema[name] === undefined ? [] : [`${name} ${String(schema[name])}`]));
  return schema.default === undefined ? limits : [...limits, `default ${shown(schema.default)}`];
}

/** Whether there is more to a schema than its line says. */
export const isDeep = (schema: Schema | null): boolean =>
  schema !== null && Boolean(schema.properties ?? schema.oneOf ?? schema.anyOf ?? schema.allOf ?? schema.prefixItems ?? schema.items ?? (typeof schema.additionalProperties === 'object' ? true : undefined));

/** Whether an operation says all of these words somewhere. */
export function says({ method, path, operation, parameters }: Listed, words: string[]): boolean {
  const text = [method, path, operation.summary, operation.description, operation.operationId, ...parameters.map(({ name }) => name)].join(' ').toLowerCase();
  return words.every((word) => text.includes(word));
}
