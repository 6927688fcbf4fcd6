// What this page says.

import { account as en } from '../i18n/account.en';
import { account as zh } from '../i18n/account.zh';
import { common } from '../i18n/common';
import { signin as signinEn } from '../i18n/signin.en';
import { signin as signinZh } from '../i18n/signin.zh';
import type { Lang } from '../session.svelte';

export const words = (lang: Lang) => ({ ...common(lang), in: lang === 'zh' ? signinZh : signinEn, a: lang === 'zh' ? zh : en });

export type Words = ReturnType<typeof words>;
