// The map asks for MapLibre from a script of its own, which has to be fetched and run first. Named in the head of its
// page, it comes beside that script instead of after it.

/** @param {string} page @param {string} chunk @returns {import('vite').Plugin} */
export const preload = (page, chunk) => ({
  name: 'wangge-preload',
  transformIndexHtml: {
    order: 'post',
    handler(_, { path, bundle = {} }) {
      const file = path === `/${page}` && Object.values(bundle).find((part) => part.type === 'chunk' && part.name === chunk)?.fileName;
      return file ? [{ tag: 'link', attrs: { rel: 'modulepreload', crossorigin: true, href: `/${file}` }, injectTo: 'head' }] : [];
    },
  },
});
