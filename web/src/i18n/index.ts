import type { Lang } from '../session.svelte';
import { en } from './en';
import { zh } from './zh';

export type Messages = typeof zh;

const all: Record<Lang, Messages> = { zh, en };

export const messages = (lang: Lang): Messages => all[lang];

/** A level's word; levels that a county configured itself keep their own name. */
export const levelWord = (m: Messages, level: string): string => (m.levels as Record<string, string>)[level] ?? level;

export const kindWord = (m: Messages, kind: string): string => (m.kinds as Record<string, string>)[kind] ?? kind;

export const placeWord = (m: Messages, kind: string): string => (m.placeKinds as Record<string, string>)[kind] ?? kind;

export const crsWord = (m: Messages, crs: string): string => (m.crs as Record<string, string>)[crs] ?? crs;
