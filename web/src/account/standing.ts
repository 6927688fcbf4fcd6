// Whether an account can be used, as it is shown. Pure.

import type { Account } from '../access/accounts';

export function standing({ disabled, has_password, single_sign_on }: Account): { kind: 'good' | 'wait' | 'bad'; word: 'active' | 'waiting' | 'disabled' } {
  if (disabled) return { kind: 'bad', word: 'disabled' };
  return has_password || single_sign_on ? { kind: 'good', word: 'active' } : { kind: 'wait', word: 'waiting' };
}
