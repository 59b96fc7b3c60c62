// A walk through the built playground in Firefox, printed as JSON: what was seen at each place.
import { createRequire } from "node:module";

const [modules, address, executablePath, text] = process.argv.slice(2);
const puppeteer = createRequire(`${modules}/`)("puppeteer-core");
// The window's size, for not every Firefox lets a page's be set.
const args = ["--width=1440", "--height=1600"];
const browser = await puppeteer.launch({ browser: "firefox", executablePath, headless: true, defaultViewport: null, args });
const page = await browser.newPage();
page.setDefaultTimeout(120_000);
const wrong = [];
const hosts = new Set();
page.on("console", (message) => ["error", "warn"].includes(message.type()) && wrong.push(message.text()));
page.on("pageerror", (error) => wrong.push(error.message));
page.on("request", (request) => hosts.add(new URL(request.url()).origin));

const ready = () => page.waitForSelector("#engine[data-state=ready]");
const textOf = (selector) => page.$eval(selector, (place) => place.innerText);
const marks = () => page.$$eval(".cm-marks .mark-place", (places) => places.map((place) => place.classList[1]));
const pane = () => page.evaluate(() => document.activeElement.closest(".sheet-pane, .graph-pane, .stepper").className.split(" ")[0]);
const boxes = () => page.$$eval(".graph .value", (values) => values.map((value) => value.textContent).join());

await page.goto(address);
await page.waitForSelector(".graph .node");
await page.keyboard.press("F8");
await page.keyboard.press("F2");
await page.keyboard.press("F2");
await page.waitForSelector(".below .right");
const working = await textOf(".below .right");

await ready();
const before = await boxes();
const input = await (await page.$(".graph .node.input")).boundingBox();
const [x, y] = [input.x + input.width / 2, input.y + input.height / 2];
await page.mouse.move(x, y);
await page.mouse.down();
for (const by of [6, 20, 50]) await page.mouse.move(x + by, y);
await page.mouse.up();
await page.waitForSelector("#band.exploring-band:not([hidden])");
const explored = (await boxes()) !== before;
await page.keyboard.press("Escape");
await page.waitForSelector("#band[hidden]");

const panes = [];
for (let times = 0; times < 3; times += 1) {
  await page.keyboard.press("F6");
  panes.push(await pane());
}

await page.click(".cm-content");
await page.keyboard.down("Control");
await page.keyboard.press("a");
await page.keyboard.up("Control");
await page.keyboard.type(text);
await page.waitForSelector(".below .cause.wrong");
await page.click("#share");
await page.waitForSelector("#share-panel:not([hidden])");
await new Promise((done) => setTimeout(done, 1000));
const typed = await marks();
const link = await page.$eval("#share-link", ({ value }) => value);
await page.goto("about:blank");
await page.goto(link);
await ready();
await page.waitForSelector(".below .cause.wrong");
console.log(JSON.stringify({ working, explored, panes: panes.sort(), typed, restored: await marks(), wrong, hosts: [...hosts] }));
await browser.close();
