// What every page says, in the reader's language. A page that says more has words of its own beside these.

import type { Refused } from '../server';
import type { Lang } from '../session.svelte';
import { common as en } from './common.en';
import { common as zh } from './common.zh';

export type Common = typeof zh;

const all: Record<Lang, Common> = { zh, en };

export const common = (lang: Lang): Common => all[lang];

/**
 * Why the server did not do it and what to do, in the reader's words. Every problem of the server's is `about:blank`
 * (RFC 9457): its status says what it is, and the parameter it names says more.
 */
export function refusalWords(m: Common, { status, problem }: Refused): { why: string; todo: string } {
  const { parameters, statuses, other } = m.refusals as { parameters: Words; statuses: Words; other: Words[string] };
  return (status === 400 ? parameters[String(problem['parameter'])] : undefined) ?? statuses[status] ?? other;
}

type Words = Record<string | number, { why: string; todo: string }>;

/** A level's word; levels that a county configured itself keep their own name. */
export const levelWord = (m: Common, level: string): string => (m.levels as Record<string, string>)[level] ?? level;
