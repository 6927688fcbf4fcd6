// The address of an operation with its parameters filled in. Pure.

import type { Listed } from './openapi';

/** Parameters without a value are left out of the query. */
export function addressOf({ path, parameters }: Listed, values: Record<string, string>): string {
  const value = (name: string) => values[name]?.trim() ?? '';
  const whole = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(value(name)));
  const query = new URLSearchParams(parameters.flatMap(({ in: where, name }) => (where === 'query' && value(name) ? [[name, value(name)]] : [])));
  return query.size > 0 ? `${whole}?${query}` : whole;
}

export const isText = (type: string): boolean => type === '' || /^text\/|json|xml|csv/.test(type);
