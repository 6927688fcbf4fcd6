// The page asks for MapLibre from a script of its own, which has to be fetched and run first. Named in the head of the
// page, it comes beside that script instead of after it.

/** @param {string} chunk @returns {import('vite').Plugin} */
export const preload = (chunk) => ({
  name: 'wangge-preload',
  transformIndexHtml: {
    order: 'post',
    handler(_, { bundle = {} }) {
      const file = Object.values(bundle).find((part) => part.type === 'chunk' && part.name === chunk)?.fileName;
      return file ? [{ tag: 'link', attrs: { rel: 'modulepreload', crossorigin: true, href: `/${file}` }, injectTo: 'head' }] : [];
    },
  },
});
