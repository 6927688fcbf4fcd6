// Who is responsible for a unit and for those above it. Asked apart from everything else: names and numbers
// are in no other answer of the server.

import { reader } from './reader.svelte';
import { asked, get, type Unit } from './server';

export interface Person {
  role: string;
  name: string;
  phone: string;
  note: string;
  /** When they are on duty, as OpenStreetMap writes hours; empty: always. */
  hours: string;
  /** The last day or the first moment after, where a roster says so; empty: for ever. */
  until: string;
  on_duty: boolean;
  unit: Unit;
}

/** Nearest unit first; nobody, where the caller may not see people or none are kept. */
export async function people(code: string, v: number | null, signal?: AbortSignal): Promise<Person[]> {
  if (!(await reader.may('read-people'))) return [];
  const answer = await get<{ people: Person[] }>(asked(`/api/people`, { unit: code, v }), signal);
  return answer.people;
}
