// Which part of the page is shown: `#tab=users`, beside language and style.

const TABS = ['me', 'keys', 'users', 'log'] as const;
export type Tab = (typeof TABS)[number];

const params = () => new URLSearchParams(location.hash.slice(1));
const read = (): Tab => TABS.find((tab) => tab === params().get('tab')) ?? 'me';

class Shown {
  tab = $state<Tab>(read());

  constructor() {
    const again = () => (this.tab = read());
    addEventListener('popstate', again);
    addEventListener('hashchange', again);
  }

  /** A step that Back undoes. */
  go(tab: Tab): void {
    const next = params();
    if (tab === 'me') next.delete('tab');
    else next.set('tab', tab);
    history.pushState(null, '', next.size > 0 ? `#${next}` : location.pathname);
    this.tab = tab;
  }
}

export const shown = new Shown();
