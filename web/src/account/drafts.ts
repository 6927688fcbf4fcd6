// Grants while they are edited: an area may still be missing, categories are one text. Pure.

import type { Caller, Grant, Role } from '../access/caller';

export interface Draft {
  role: Role;
  /** Null: everywhere; undefined: not chosen yet. */
  area: string | null | undefined;
  /** Separated by commas; empty: all. */
  categories: string;
}

export const draftOf = ({ role, area, categories }: Grant): Draft => ({ role, area: area ?? null, categories: (categories ?? []).join('，') });

/** What is offered first: to look, over what the caller administers. */
export function blank(who: Caller, whole: boolean): Draft {
  const own = who.grants.find(({ role }) => role === 'administrator')?.area;
  return { role: 'viewer', area: whole ? null : own, categories: '' };
}

/** Null where an area is missing. */
export function granted(drafts: Draft[]): Grant[] | null {
  if (drafts.some(({ area }) => area === undefined)) return null;
  return drafts.map(({ role, area, categories }) => {
    const list = categories.split(/[,，、;；\n]/).map((one) => one.trim()).filter(Boolean);
    return { role, ...(area && { area }), ...(list.length > 0 && { categories: [...new Set(list)] }) };
  });
}
