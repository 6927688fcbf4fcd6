// A real provider of single sign-on (oidc-provider), at another site than the server's: its pages, its sessions, its
// tokens. On demand it lies in a token, signed all the same.

import { createSign, generateKeyPairSync, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import Provider from 'oidc-provider';

export const CLIENT = 'wangge';
export const SECRET = randomBytes(16).toString('hex');
const HOST = '127.0.0.2';

/** Whom the provider knows, by what they type. */
const PEOPLE = {
  zhangsan: { name: '张三', preferred_username: 'zhangsan', groups: ['planners', 'others'] },
  lisi: { name: '李四', preferred_username: 'lisi', groups: ['admins'] },
  wangwu: { name: '王五', preferred_username: 'wangwu', groups: ['others'] },
};

/** Takes an address; `serve(url)` begins to answer at it, for the server at `url`. */
export async function provider() {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  let answers = (_, answer) => answer.writeHead(503).end();
  const server = createServer((asked, answer) => answers(asked, answer));
  await new Promise((ready) => server.listen(0, HOST, ready));
  const issuer = `http://${HOST}:${server.address().port}`;
  const state = { lie: null };
  return {
    issuer,
    /** The next tokens say this in the place of what is so. */
    lies: (claims) => void (state.lie = claims),
    serve: (url) => void (answers = made(issuer, url, privateKey, state).callback()),
    stop: () => (server.closeAllConnections(), new Promise((done) => server.close(done))),
  };
}

function made(issuer, url, key, state) {
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: CLIENT,
        client_secret: SECRET,
        redirect_uris: [`${url}/sign-in/oidc/callback`],
        post_logout_redirect_uris: [`${url}/sign-in`],
      },
    ],
    claims: { openid: ['sub'], profile: ['name', 'preferred_username', 'groups'], email: ['email'] },
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, ...PEOPLE[id] }) }),
    cookies: { keys: [randomBytes(16).toString('hex')] },
    jwks: { keys: [{ ...key.export({ format: 'jwk' }), use: 'sig', alg: 'RS256' }] },
    features: { rpInitiatedLogout: { enabled: true, logoutSource: asks, postLogoutSuccessSource: asks } },
  });
  provider.use(async (context, next) => {
    await next();
    if (context.oidc?.route === 'token' && state.lie && context.body?.id_token) {
      context.body.id_token = signedAnew(context.body.id_token, state.lie, key);
    }
  });
  return provider;
}

/** The page that asks whether one really wants to leave. */
function asks(context, form = '') {
  context.body = `<!doctype html><title>leave</title>${form}<button type="submit" form="op.logoutForm" name="logout" value="yes">Yes</button>`;
}

function signedAnew(token, lie, key) {
  const [header, payload] = token.split('.');
  const claims = { ...JSON.parse(Buffer.from(payload, 'base64url')), ...lie };
  const text = `${header}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}`;
  return `${text}.${createSign('RSA-SHA256').update(text).sign(key, 'base64url')}`;
}

/** What somebody does on the provider's pages: says who they are, and agrees. */
export async function agree(page, name) {
  await page.locator('input[name=login]').fill(name);
  await page.locator('input[name=password]').fill('any will do');
  await page.getByRole('button', { name: 'Sign-in' }).click();
  await page.getByRole('button', { name: 'Continue' }).click();
}
