// How a record of the log is said. Pure; what has no word here is shown as the server wrote it.

import type { Words } from './words';

export const actionWord = (action: string, m: Words): string => (m.a.log.actions as Record<string, string>)[action] ?? action;

/** `account:zhangsan` is zhangsan; the others say what they are. */
export const actorText = (who: string, m: Words): string => {
  const [kind, name] = [who.split(':')[0] ?? '', who.slice(who.indexOf(':') + 1)];
  if (!who.includes(':')) return (m.a.log.actors as Record<string, string>)[who] ?? who;
  return kind === 'account' ? name : `${(m.a.log.actors as Record<string, string>)[kind] ?? kind} ${name}`;
};

/** JSON over several lines; text that is none, as it is. */
export function pretty(json: string): string {
  try {
    return JSON.stringify(JSON.parse(json), null, 2);
  } catch {
    return json;
  }
}
