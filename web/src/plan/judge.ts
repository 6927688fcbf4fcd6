// Who may decide: somebody else than the author, where they approve plans. The server decides; the page leaves out what it
// would refuse.

import { reader } from '../reader.svelte';
import type { Group, Listed } from './api';

/** Whether the reader began it. On a server without accounts nobody is anybody. */
export const isOwn = ({ author }: Listed): boolean => reader.caller?.account != null && author === `account:${reader.caller.account.name}`;

/** Whether they approve plans over all of these units. */
export function covers(codes: string[]): boolean {
  if (!reader.has('approve-plans')) return false;
  if (reader.caller?.everywhere.includes('approve-plans')) return true;
  const areas = (reader.caller?.grants ?? []).flatMap(({ role, area }) => (role === 'approver' && area ? [area] : []));
  return codes.every((code) => areas.some((area) => code.startsWith(area)));
}

/** Whether the reader may decide the group now. */
export const mine = (plan: Listed, { units }: Group): boolean => plan.status === 'submitted' && !isOwn(plan) && covers(units);
