// The viewer of the interface: what /openapi.json says, by tag, with references followed, and tried.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventually, shot, watch } from './browser.mjs';
import { PHONE, suite } from './suite.mjs';

const { url, empty, ask } = suite();

/** A description with what the server's own may not have: a reference to a parameter, and a schema that holds itself. */
const DOCUMENT = {
  openapi: '3.1.0',
  info: { title: 'Sample', version: '1', description: 'A sample.' },
  tags: [{ name: 'Units', description: 'The hierarchy.' }],
  paths: {
    '/api/units/{unit}': {
      parameters: [{ name: 'unit', in: 'path', required: true, schema: { type: 'string' }, example: '320924100' }],
      get: {
        tags: ['Units'],
        summary: 'A unit',
        'x-permission': 'read-map',
        parameters: [{ $ref: '#/components/parameters/V' }],
        responses: { 200: { description: 'It', content: { 'application/json': { schema: { $ref: '#/components/schemas/Unit' } } } }, 404: { $ref: '#/components/responses/Problem' } },
      },
    },
    '/api/untagged': { delete: { summary: 'Takes it away', responses: { 204: { description: 'Gone' } } } },
  },
  components: {
    parameters: { V: { name: 'v', in: 'query', description: 'A version', schema: { type: 'integer', minimum: 1 } } },
    responses: { Problem: { description: 'No such unit', content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } } } },
    schemas: {
      Problem: { type: 'object', properties: { detail: { type: 'string' } } },
      Unit: { type: 'object', required: ['uid'], properties: { uid: { type: 'integer', format: 'int64' }, parent: { $ref: '#/components/schemas/Unit' }, children: { type: 'array', items: { $ref: '#/components/schemas/Unit' } } } },
    },
  },
};

async function sample(hash = '', options = {}) {
  const { page, context } = await empty(options);
  await page.route('**/openapi.json', (route) => route.fulfill({ json: DOCUMENT }));
  await page.goto(`${url()}/api/docs${hash}`);
  await page.locator('details').first().waitFor();
  return { page, context };
}

test('operations stand by tag; an address opens one of them', async () => {
  const { page, context } = await sample('#op=get-api-units-unit');
  assert.deepEqual(await page.locator('main h2').allInnerTexts(), ['Units', '其他']);
  const one = page.locator('#get-api-units-unit');
  assert.ok(await one.evaluate((details) => details.open));
  const text = await one.innerText();
  for (const part of ['read-map', 'A unit', 'unit', 'v', 'minimum 1', 'No such unit']) assert.ok(text.includes(part), part);
  await page.locator('nav').getByRole('link', { name: /untagged/ }).click();
  await eventually(async () => assert.ok(await page.locator('#delete-api-untagged').evaluate((details) => details.open)));
  assert.match(page.url(), /#op=delete-api-untagged/);
  await context.close();
});

test('references are followed, and a schema that holds itself ends', async () => {
  const { page, context } = await sample('#op=get-api-units-unit');
  const one = page.locator('#get-api-units-unit');
  await one.getByText('int64').waitFor();
  await one.getByText('同上，层层相套').first().waitFor();
  await page.getByRole('searchbox').fill('away');
  assert.equal(await page.locator('main > details').count(), 1);
  await page.getByRole('searchbox').fill('no such thing');
  await page.getByText('没有符合的接口').waitFor();
  await context.close();
});

test('a GET is tried against the server itself', async () => {
  const { page, context } = await sample('#op=get-api-units-unit');
  const one = page.locator('#get-api-units-unit');
  await one.getByText('试一试').click();
  await one.getByLabel('unit').fill('320924100');
  await one.getByRole('button', { name: '发送' }).click();
  await one.getByText(/200 · \d+ 毫秒/).waitFor();
  const { name } = await ask('/api/units/320924100');
  await one.getByText(`"name": "${name}"`).first().waitFor();
  await context.close();
});

test('where there is no description it says so, and tries again', async () => {
  const { page, context } = await empty();
  await page.route('**/openapi.json', (route) => route.fulfill({ status: 503, contentType: 'application/problem+json', body: '{}' }));
  await page.goto(`${url()}/api/docs`);
  await page.getByRole('alert').getByText('接口说明没有取到').waitFor();
  await page.unroute('**/openapi.json');
  await page.route('**/openapi.json', (route) => route.fulfill({ json: DOCUMENT }));
  await page.getByRole('button', { name: '重试' }).click();
  await page.locator('details').first().waitFor();
  await context.close();
});

test('on a phone nothing stands out at the side', async () => {
  const { page, context } = await sample('#op=get-api-units-unit&lang=en', PHONE);
  assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= 390);
  await shot(page, 'docs-phone');
  await context.close();
});
