import { refusals } from './refusals.zh';

/** What every page says: the map's, and those of accounts and of the interface. `common.en` has the same keys. */
export const common = {
  refusals,
  locale: 'zh-CN',
  brand: '一图',
  levels: { county: '县', town: '镇', village: '村', grid: '网格' },
  toNight: '夜间样式',
  toDay: '日间样式',
  otherLang: 'EN',
  otherLangTitle: 'English',
  key: (key: string) => `按键 ${key}`,
  aside: (text: string, more: string) => `${text}（${more}）`,
  close: '关闭',
  copy: '复制',
  copied: '已复制',
  retry: '重试',
  serverSilent: '服务器没有回答。请看网络，再试一次。',
  comma: '、',
  pause: '，',
  colon: '：',
  stop: '。',

  caller: {
    signIn: '登录',
    signInTo: '登录以看到更多',
    signOut: '退出登录',
    account: '账号与密钥',
    menu: (name: string) => `账号：${name}`,
    ended: '登录已经结束：太久没有操作，或已在别处退出。',
    again: '重新登录',
    toMap: '回到地图',
  },
};
