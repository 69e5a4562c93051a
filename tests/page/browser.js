// A browser that does as it is told: each line of standard input is {"do": ..., ...}, each line of output its answer {"ok": ...} or
// {"error": ...}. What the page complains of is kept and told by "complaints".
'use strict';

const fs = require('fs');
const os = require('os');
const path = require('path');
const readline = require('readline');
const modules = process.argv[2];
const { chromium } = require(path.join(modules, 'playwright-core'));

const LONGEST_MS = 60000;
const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run', '--disable-sync'];

const complaints = [];
let folder, context, page;

async function open() {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'picket-browser-'));
  context = await chromium.launchPersistentContext(folder, { executablePath: '/usr/bin/chromium', args: FLAGS, viewport: { width: 1100, height: 900 } });
  page = context.pages()[0] ?? await context.newPage();
  page.setDefaultTimeout(LONGEST_MS);
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => { if (message.type() === 'error') complaints.push(message.text()); });
  page.on('request', (request) => { if (!request.url().startsWith(page.url().split('/').slice(0, 3).join('/'))) foreign.push(request.url()); });
}

const foreign = [];

const orders = {
  goto: async ({ url }) => { await page.goto(url); foreign.length = 0; },
  // Not waitForFunction: the page allows no eval.
  wait: async ({ code }) => {
    const limit = Date.now() + LONGEST_MS;
    while (!await page.evaluate(code)) {
      if (Date.now() > limit) throw new Error('waited in vain');
      await new Promise((done) => setTimeout(done, 30));
    }
    return true;
  },
  eval: async ({ code }) => page.evaluate(code),
  type: async ({ where, text }) => { await page.fill(where, text); await page.press(where, 'Enter'); },
  look: async ({ width, height, dark }) => {
    await page.setViewportSize({ width, height });
    await page.emulateMedia({ colorScheme: dark ? 'dark' : 'light', reducedMotion: 'reduce' });
  },
  shot: async ({ file, whole }) => { await page.screenshot({ path: file, fullPage: whole === true }); },
  axe: async () => {
    await page.evaluate(fs.readFileSync(path.join(modules, 'axe-core', 'axe.min.js'), 'utf8'));
    const found = await page.evaluate(() => axe.run());
    return found.violations.map((v) => `${v.id} (${v.impact}): ${v.help}: ${v.nodes.map((n) => n.target.join(' ')).join('; ')}`);
  },
  complaints: async () => complaints.splice(0).concat(foreign.splice(0).map((url) => 'a foreign host: ' + url)),
};

async function main() {
  await open();
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const order = JSON.parse(line);
    let answer;
    try {
      answer = { ok: (await orders[order.do](order)) ?? null };
    } catch (error) {
      answer = { error: String(error) };
    }
    process.stdout.write(JSON.stringify(answer) + '\n');
  }
  await context.close();
  fs.rmSync(folder, { recursive: true, force: true });
}

main();
