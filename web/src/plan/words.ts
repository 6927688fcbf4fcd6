// What the planning mode says.

import { plan as en } from '../i18n/plan.en';
import { plan as zh } from '../i18n/plan.zh';
import type { Lang } from '../session.svelte';

export type PlanWords = typeof zh;

export const words = (lang: Lang): PlanWords => (lang === 'zh' ? zh : en);
