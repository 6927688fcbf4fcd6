// What this page says.

import { common } from '../i18n/common';
import { docs as en } from '../i18n/docs.en';
import { docs as zh } from '../i18n/docs.zh';
import type { Lang } from '../session.svelte';

export const words = (lang: Lang) => ({ ...common(lang), d: lang === 'zh' ? zh : en });

export type Words = ReturnType<typeof words>;
