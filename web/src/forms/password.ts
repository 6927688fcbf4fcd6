// Passwords: which will not do at first sight, so that nobody waits for the server to say so; and how they are set.

import { send } from '../server';
import type { Caller } from '../access/caller';

/** As the server has it. */
const SHORTEST = 10;

export function unfit(password: string, again: string): 'short' | 'digits' | 'differ' | null {
  if ([...password].length < SHORTEST) return 'short';
  if (/^\d+$/.test(password)) return 'digits';
  return password === again ? null : 'differ';
}

/** By a link that works once; resolves to whose password it is. */
export const redeem = (link: string, password: string) => send<{ name: string }>('POST', '/api/link', { link, password });

/** One's own; every other session ends. */
export const change = (old: string, next: string) => send<Caller>('POST', '/api/password', { old, new: next });
