import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { chromiumPath, launchChromium } from './chromium.js';
import { pageProblems } from './page-problems.js';
import { clientOf, createRandomPool, intents, longTool, type RandomPool } from './random-server.js';

describe('the playground over HTTP', () => {
  it('is one page that may load nothing else, and can be left out', async () => {
    const random = await createRandomPool();
    try {
      const { url } = await random.serve({ apiKeys: ['secret'] });
      const response = await fetch(`${url}/`);
      expect(response.status).toBe(200);
      expect(response.headers.get('content-type')).toMatch(/^text\/html/);
      const policy = response.headers.get('content-security-policy') ?? '';
      expect(policy).toMatch(
        /^default-src 'none'; script-src 'sha256-[^ ]+'; style-src 'sha256-[^ ]+'; connect-src 'self'/,
      );
      expect(await response.text()).not.toMatch(/\b(src|href)="(?!data:)/);
      expect((await fetch(`${url}/`, { method: 'HEAD' })).status).toBe(200);

      const bare = await random.serve({ playground: false });
      expect((await fetch(`${bare.url}/`)).status).toBe(404);
    } finally {
      await random.remove();
    }
  });
});

const why = chromiumPath === undefined ? ' (skipped: there is no Chromium here; Debian: apt-get install chromium)' : '';

describe.skipIf(chromiumPath === undefined)(`the playground in Chromium${why}`, () => {
  let random: RandomPool;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  /** What the browser complains of: exceptions, refusals by the policy, failed requests. */
  let complaints: string[];
  let asked: string[];

  beforeAll(async () => {
    random = await createRandomPool();
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    await random?.remove();
  });
  beforeEach(async () => {
    await open({});
  });
  afterEach(async () => {
    await context.close();
  });

  async function open(options: Parameters<Browser['newContext']>[0]): Promise<void> {
    await context?.close();
    context = await browser.newContext(options);
    page = await context.newPage();
    page.setDefaultTimeout(15_000);
    complaints = [];
    asked = [];
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    page.on('request', (request) => asked.push(request.url()));
  }

  const ask = async (text: string) => {
    await page.locator('#request').fill(text);
    await page.locator('#request').press('Enter');
  };
  const done = () => page.locator('#status', { hasText: 'Done' }).waitFor({ state: 'attached' });
  const figure = (name: string) =>
    page
      .locator('.figures > div', { hasText: new RegExp(`^${name}`) })
      .last()
      .locator('dd')
      .textContent();

  it('streams an answer, each token marked as chosen or forced, with its probability', async () => {
    const server = await random.serve();
    await page.goto(server.url);
    await expect(page.locator('#model option').allTextContents()).resolves.toEqual([
      'home',
      'classes',
      random.pool.base.id,
    ]);
    await page.locator('#options-section summary').click();
    await page.locator('#tool-choice').selectOption('required');
    await ask('lamp on');
    await done();

    const { choices, usage } = await clientOf(server).chat.completions.create({
      ...{ model: 'home', messages: [{ role: 'user', content: 'lamp on' }], tool_choice: 'required' },
      ...{ logprobs: true, top_logprobs: 5 },
    });
    const expected = (choices[0]?.logprobs?.content ?? []) as { bytes: number[]; logprob: number; forced?: true }[];
    const tokens = page.locator('.tokens .token');
    expect(await tokens.count()).toBe(expected.length);
    const looks = await tokens.evaluateAll((all) => all.map((token) => token.classList.contains('is-forced')));
    expect(looks).toEqual(expected.map(({ forced }) => forced === true));
    expect(looks).toContain(true);
    expect(looks).toContain(false);
    expect(await figure('Tokens')).toBe(String(usage?.completion_tokens));
    expect(await figure('Forced')).toBe(String(looks.filter(Boolean).length));

    const calls = (choices[0]?.message.tool_calls ?? []).map((call) =>
      'function' in call ? call.function : undefined,
    );
    expect(calls.length).toBeGreaterThan(0);
    expect(await page.locator('.call.is-complete code').allTextContents()).toEqual(calls.map((call) => call?.name));
    const shown = await page.locator('.call.is-complete pre').allTextContents();
    expect(shown.map((text) => JSON.parse(text))).toEqual(calls.map((call) => JSON.parse(call!.arguments)));

    const index = looks.indexOf(false);
    await tokens.nth(index).hover();
    const chosen = page.locator('#popover .is-chosen');
    await chosen.waitFor();
    const percent = Number.parseFloat((await chosen.locator('.percent').textContent()) ?? '');
    expect(percent).toBeCloseTo(100 * Math.exp(expected[index]!.logprob), 0);
    expect(await page.locator('#popover tr').count()).toBeGreaterThan(1);
    expect(complaints).toEqual([]);
    expect(asked.every((url) => url.startsWith(server.url))).toBe(true);
  });

  it('is walked through with the keyboard alone', async () => {
    await page.goto((await random.serve()).url);
    await ask('lamp on');
    await done();
    const focused = () =>
      page.evaluate<number>("[...document.querySelectorAll('.token')].indexOf(document.activeElement)");
    const first = await page.locator('.tokens .token').first().getAttribute('tabindex');
    expect(first).toBe('0');
    await page.locator('.tokens .token').first().focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    expect(await focused()).toBe(2);
    expect(await page.locator('#popover').isVisible()).toBe(true);
    await page.keyboard.press('End');
    expect(await focused()).toBe((await page.locator('.tokens .token').count()) - 1);
    await page.keyboard.press('Escape');
    expect(await page.locator('#popover').isVisible()).toBe(false);
  });

  it('shows what there is while the answer is being written, and stops it', async () => {
    const server = await random.serve();
    await page.goto(server.url);
    await page.locator('#model').selectOption(random.pool.base.id);
    await page.locator('#tools-section summary').click();
    await page.locator('#tools').fill(JSON.stringify([longTool]));
    await page.locator('#options-section summary').click();
    await page.locator('#tool-choice').selectOption('required');
    await page.locator('#max-tokens').fill('2000');
    await ask('note');
    await page.locator('.is-writing .token').nth(5).waitFor();
    await page.locator('#stop').click();
    await page.getByText('Stopped. This turn is no part').waitFor();
    await expect
      .poll(async () => ((await (await fetch(`${server.url}/health`)).json()) as { active: number }).active)
      .toBe(0);
    // What was stopped can be asked again.
    expect(await page.locator('#request').inputValue()).toBe('note');
    expect(complaints).toEqual([]);
  });

  it('goes on with a conversation, and begins another', async () => {
    await page.goto((await random.serve()).url);
    const bodies: { messages: { role: string }[] }[] = [];
    page.on('request', (request) => {
      if (request.method() === 'POST') bodies.push(request.postDataJSON());
    });
    await ask('lamp on');
    await done();
    await page.locator('#status').evaluate((status) => (status.textContent = ''));
    await ask('and off');
    await done();
    await page.locator('#new-conversation').click();
    expect(await page.locator('.answer').count()).toBe(0);
    await ask('radio on');
    await done();
    expect(bodies.map(({ messages }) => messages.map(({ role }) => role).join())).toEqual([
      'user',
      'user,assistant,user',
      'user',
    ]);
  });

  it('shows intents with their probabilities', async () => {
    const server = await random.serve();
    await page.goto(server.url);
    await page.locator('#model').selectOption('classes');
    await ask('hello');
    await page.locator('.intents li').first().waitFor();
    const response = await fetch(`${server.url}/v1/classify`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'classes', input: 'hello', top_k: 10 }),
    });
    const { results } = (await response.json()) as { results: { top: { intent: string | null }[] }[] };
    const [{ top } = { top: [] }] = results;
    const names = await page.locator('.intents li > span:first-child').allTextContents();
    expect(names).toEqual(top.map(({ intent }) => intent ?? 'out of scope'));
    expect(names).toEqual(expect.arrayContaining(intents));
    const percents = await page.locator('.intents .percent').allTextContents();
    const sum = percents.reduce((total, text) => total + Number.parseFloat(text), 0);
    expect(sum).toBeGreaterThan(98);
    expect(sum).toBeLessThan(102);
    expect(complaints).toEqual([]);
  });

  it('sends no tools that cannot be read, and says why', async () => {
    await page.goto((await random.serve()).url);
    await page.locator('#tools-section summary').click();
    await page.locator('#tools').fill('[{');
    await page.getByText('This is not JSON').first().waitFor();
    const before = asked.length;
    await ask('lamp on');
    expect(await page.evaluate('document.activeElement.id')).toBe('tools');
    expect(asked).toHaveLength(before);
    await page.locator('#tools-reset').click();
    expect(await page.locator('#tools-error').isVisible()).toBe(false);
  });

  it('tells what the server refuses', async () => {
    await page.goto((await random.serve()).url);
    await page.locator('#tools-section summary').click();
    await page.locator('#tools').fill('[{"name": "kettle", "parameters": {"type": "object"}}]');
    await ask('kettle on');
    await page.locator('.problem', { hasText: 'kettle' }).waitFor();
    expect(await page.locator('#request').inputValue()).toBe('kettle on');
  });

  it('asks for a key where one is needed, and keeps it for the tab', async () => {
    const server = await random.serve({ apiKeys: ['right-key'] });
    await page.goto(server.url);
    await page.locator('#key').waitFor();
    expect(await page.locator('#run').isEnabled()).toBe(false);
    await page.locator('#key').fill('wrong');
    await page.locator('#key').press('Enter');
    await page.getByText('The server does not know this key.').waitFor();
    await page.locator('#key').fill('right-key');
    await page.locator('#key').press('Enter');
    await expect.poll(() => page.locator('#run').isEnabled()).toBe(true);
    expect(await page.locator('#key-form').isVisible()).toBe(false);
    await page.reload();
    await expect.poll(() => page.locator('#run').isEnabled()).toBe(true);
    expect(await page.locator('#curl').textContent()).not.toContain('right-key');
  });

  it.each(['light', 'dark'] as const)('fits a phone, %s', async (colorScheme) => {
    await open({ viewport: { width: 360, height: 740 }, colorScheme, hasTouch: true, isMobile: true });
    await page.goto((await random.serve()).url);
    await ask('lamp on');
    await done();
    expect(await pageProblems(page)).toEqual([]);
    await page.locator('.tokens .token:not(.is-forced)').first().tap();
    const box = await page.locator('#popover').boundingBox();
    expect(box?.x).toBeGreaterThanOrEqual(0);
    expect(box!.x + box!.width).toBeLessThanOrEqual(360);
    const ground = await page.evaluate<string>('getComputedStyle(document.body).backgroundColor');
    const lightness = Math.max(...ground.match(/\d+/g)!.map(Number));
    expect(lightness > 128).toBe(colorScheme === 'light');
  });
});
