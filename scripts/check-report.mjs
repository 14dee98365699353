// Looks at the evidence report in a real browser: no request leaves the page, nothing sticks out on a narrow screen, text has
// contrast in light and dark, everything works with the keyboard. Without Chromium it says so and checks nothing.
// Usage: node scripts/check-report.mjs [REPORT.html] [FOLDER FOR SCREENSHOTS]; CHROMIUM names the browser.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const NAMES = [process.env.CHROMIUM, 'chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const browser = NAMES.find((name) => name && spawnSync(name, ['--version'], { stdio: 'ignore' }).status === 0);
const report = resolve(process.argv[2] ?? 'cdk.out/zero-trust-iot-report.html');
const shots = process.argv[3];

if (browser === undefined) {
  process.stdout.write('check:report SKIPPED: there is no Chromium here; install it, or name one in CHROMIUM\n');
  process.exit(0);
}
if (!existsSync(report)) {
  process.stderr.write(`check:report: ${report} is missing; npm start writes it\n`);
  process.exit(2);
}

const profile = mkdtempSync(join(tmpdir(), 'check-report-'));
const child = spawn(
  browser,
  [
    '--headless',
    '--no-sandbox',
    '--disable-gpu',
    '--no-first-run',
    '--disable-background-networking',
    `--user-data-dir=${profile}`,
    '--remote-debugging-pipe',
  ],
  // A group of its own: its helpers outlive it for a moment, and write on in its profile.
  { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'], detached: true },
);
const [, , , input, output] = child.stdio;
const waiting = new Map();
const requests = [];
let loaded = () => {};
let count = 0;
let rest = '';

/** Messages of the browser are JSON with a zero byte behind each. */
output.on('data', (chunk) => {
  const parts = (rest + chunk).split('\0');
  rest = parts.pop();
  for (const part of parts) {
    const message = JSON.parse(part);
    if (message.id !== undefined) waiting.get(message.id)(message);
    else if (message.method === 'Network.requestWillBeSent') requests.push(message.params.request.url);
    else if (message.method === 'Page.loadEventFired') loaded();
  }
});

let session;
function send(method, params = {}) {
  return new Promise((done, fail) => {
    count += 1;
    waiting.set(count, ({ result, error }) =>
      error === undefined ? done(result) : fail(new Error(`${method}: ${error.message}`)),
    );
    input.write(
      `${JSON.stringify({ id: count, method, params, ...(session === undefined ? {} : { sessionId: session }) })}\0`,
    );
  });
}

async function evaluate(expression) {
  const { result, exceptionDetails } = await send('Runtime.evaluate', { expression, returnByValue: true });
  if (exceptionDetails !== undefined) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
  return result.value;
}

async function press(key, keyCode) {
  const common = { key, code: key, windowsVirtualKeyCode: keyCode, ...(key === 'Enter' ? { text: '\r' } : {}) };
  await send('Input.dispatchKeyEvent', { type: 'keyDown', ...common });
  await send('Input.dispatchKeyEvent', { type: 'keyUp', ...common });
}

function endHelpers() {
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}

/** Text whose contrast with what is behind it is below 4.5 to 1. */
const CONTRAST = `(() => {
  const parse = (text) => (text.match(/[\\d.]+/g) ?? []).map(Number);
  const luminance = ([r, g, b]) => [r, g, b].map((v) => v / 255).map((v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)).reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = (element) => { for (let each = element; each; each = each.parentElement) { const color = parse(getComputedStyle(each).backgroundColor); if (color.length < 4 || color[3] > 0) return color; } return [255, 255, 255]; };
  const low = new Set();
  for (const element of document.querySelectorAll('body *')) {
    const hasText = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== '');
    if (!hasText || !element.checkVisibility() || element.className === 'skip') continue;
    const [a, b] = [luminance(parse(getComputedStyle(element).color)), luminance(behind(element))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) low.add(element.tagName + '.' + element.className + ' ' + ratio.toFixed(2));
  }
  return [...low];
})()`;

const problems = [];
try {
  const { targetId } = await send('Target.createTarget', { url: 'about:blank' });
  ({ sessionId: session } = await send('Target.attachToTarget', { targetId, flatten: true }));
  await send('Page.enable');
  await send('Network.enable');
  for (const scheme of ['light', 'dark']) {
    for (const width of [1280, 400]) {
      const where = `${scheme}, ${width} px`;
      await send('Emulation.setDeviceMetricsOverride', { width, height: 900, deviceScaleFactor: 1, mobile: false });
      await send('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value: scheme }] });
      const ready = new Promise((done) => (loaded = done));
      await send('Page.navigate', { url: pathToFileURL(report).href });
      await ready;
      const wide = await evaluate('document.documentElement.scrollWidth');
      if (wide > width) problems.push(`${where}: the page is ${wide} px wide`);
      for (const low of await evaluate(CONTRAST)) problems.push(`${where}: low contrast of ${low}`);
      if (shots !== undefined) {
        mkdirSync(shots, { recursive: true });
        const { cssContentSize } = await send('Page.getLayoutMetrics');
        const clip = { x: 0, y: 0, width, height: Math.min(cssContentSize.height, 12_000), scale: 1 };
        const { data } = await send('Page.captureScreenshot', { format: 'png', captureBeyondViewport: true, clip });
        writeFileSync(join(shots, `report-${scheme}-${width}.png`), Buffer.from(data, 'base64'));
      }
    }
  }
  await press('Tab', 9);
  if ((await evaluate('document.activeElement.className')) !== 'skip')
    problems.push('the first stop of Tab is not the skip link');
  const stops = await evaluate(
    `[...document.querySelectorAll('summary, a[href]')].filter((each) => each.tabIndex < 0 || each.matches(':disabled')).length`,
  );
  if (stops > 0) problems.push(`${stops} links or disclosures are out of the reach of the keyboard`);
  const before = await evaluate(
    `(() => { const all = [...document.querySelectorAll('main > details, section > details')]; all[0]?.querySelector('summary').focus(); return all[0]?.open; })()`,
  );
  if (before !== undefined) {
    await press('Enter', 13);
    if ((await evaluate(`document.querySelector('main > details, section > details').open`)) === before)
      problems.push('Enter does not open a disclosure');
  }
  const foreign = requests.filter((url) => url !== pathToFileURL(report).href && !url.startsWith('data:'));
  if (foreign.length > 0) problems.push(`the page asks for ${foreign.join(', ')}`);
} catch (error) {
  problems.push(String(error));
} finally {
  const gone = new Promise((done) => child.once('exit', done));
  child.kill();
  await gone;
  endHelpers();
  rmSync(profile, { recursive: true, force: true, maxRetries: 20 });
}
for (const problem of problems) process.stderr.write(`check:report: ${problem}\n`);
if (problems.length === 0)
  process.stdout.write(
    'check:report: looks right in light and dark, at 1280 and 400 px; keyboard and contrast pass; no request leaves it\n',
  );
process.exitCode = problems.length === 0 ? 0 : 1;
