import type { Lang } from '../session.svelte';
import { en } from './en';
import { zh } from './zh';

export { levelWord, refusalWords, type Common } from './common';

export type Messages = typeof zh;

const all: Record<Lang, Messages> = { zh, en };

export const messages = (lang: Lang): Messages => all[lang];

export const kindWord = (m: Messages, kind: string): string => (m.kinds as Record<string, string>)[kind] ?? kind;

export const roleWord = (m: Messages, role: string): string => (m.roles as Record<string, string>)[role] ?? role;

export const placeWord = (m: Messages, kind: string): string => (m.placeKinds as Record<string, string>)[kind] ?? kind;

/** What a landmark is: the finer kind of its line where the page has a word for it, and that it is a void. */
export function landmarkWord(m: Messages, kind: string, line: string | null | undefined): string {
  const words = m.landmarks as Record<string, string>;
  const fine = words[line ?? ''];
  return kind === 'void' ? [fine, m.void].filter(Boolean).join(' · ') : (fine ?? words[kind] ?? kind);
}

export const crsWord = (m: Messages, crs: string): string => (m.crs as Record<string, string>)[crs] ?? crs;

/** A measure's name and what it is counted in; those that this page does not know keep the server's words. */
export function measureWord(m: Messages, measure: { id: string; name: string; name_en: string }): string {
  return (m.measure.names as Record<string, string>)[measure.id] ?? (m.locale.startsWith('zh') ? measure.name : measure.name_en);
}

export const measureUnit = (m: Messages, measure: { id: string; unit: string }): string =>
  (m.measure.units as Record<string, string>)[measure.id] ?? measure.unit;
