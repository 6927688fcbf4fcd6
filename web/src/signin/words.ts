// What this page says.

import { common } from '../i18n/common';
import { signin as en } from '../i18n/signin.en';
import { signin as zh } from '../i18n/signin.zh';
import type { Lang } from '../session.svelte';

export const words = (lang: Lang) => ({ ...common(lang), in: lang === 'zh' ? zh : en });

export type Words = ReturnType<typeof words>;
