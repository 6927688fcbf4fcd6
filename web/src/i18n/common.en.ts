import type { Common } from './common';
import { refusals } from './refusals.en';

export const common: Common = {
  refusals,
  locale: 'en',
  brand: 'Wangge',
  levels: { county: 'County', town: 'Town', village: 'Village', grid: 'Grid' },
  toNight: 'Night style',
  toDay: 'Day style',
  otherLang: '中',
  otherLangTitle: '中文',
  key: (key) => `key ${key}`,
  aside: (text, more) => `${text} (${more})`,
  close: 'Close',
  copy: 'Copy',
  copied: 'Copied',
  retry: 'Try again',
  serverSilent: 'The server did not answer. Check the network and try again.',
  comma: ', ',
  pause: ', ',
  colon: ': ',
  stop: '. ',

  caller: {
    signIn: 'Sign in',
    signInTo: 'Sign in to see more',
    signOut: 'Sign out',
    account: 'Account and keys',
    menu: (name) => `Account: ${name}`,
    ended: 'You are signed out: too long without a step, or signed out elsewhere.',
    again: 'Sign in again',
    toMap: 'To the map',
  },
};
