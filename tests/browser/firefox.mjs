// What a reader does with programs, in a stock Firefox: node firefox.mjs FIREFOX ADDRESS
import assert from "node:assert/strict";
import { createRequire } from "node:module";

const puppeteer = createRequire(new URL("../site/package.json", import.meta.url))("puppeteer-core");
const [executablePath, address] = process.argv.slice(2);
const browser = await puppeteer.launch({ browser: "firefox", executablePath, protocolTimeout: 300_000 });
const page = await browser.newPage();
page.setDefaultTimeout(300_000);
const said = [];
page.on("console", (told) => ["error", "warn"].includes(told.type()) && said.push(told.text()));
page.on("pageerror", (error) => said.push(String(error)));

const text = (selector) => page.$eval(selector, (found) => found.textContent);
const press = (selector) => page.locator(selector).click();
const until = (selector, words) =>
  page.waitForFunction(
    (selector, words) => document.querySelector(selector)?.textContent.startsWith(words),
    {},
    selector,
    words,
  );

async function run(box) {
  await press(`${box} .run`);
  await until(`${box} .status`, "Ran in");
}

async function write(box, code) {
  if (!(await page.$(`${box} .editor`))) await press(`${box} .edit`);
  await page.$eval(
    `${box} .editor`,
    (area, code) => {
      area.value = code;
      area.dispatchEvent(new Event("input"));
    },
    code,
  );
}

const labels = (selector) => page.$$eval(`${selector} figcaption`, (all) => all.map((caption) => caption.textContent));

// A selector for the program that draws a figure.
const before = (figure) =>
  page.$eval(figure, (found) => {
    const programs = [...document.querySelectorAll(".program")];
    const above = programs.filter((box) => box.compareDocumentPosition(found) & Node.DOCUMENT_POSITION_FOLLOWING);
    return `.program[data-line="${above.at(-1).dataset.line}"]`;
  });

const steps = {
  async "a program prints what the page says"() {
    const built = await text(".program .output");
    await run(".program");
    assert.equal(await text(".program .output"), built);
  },

  async "a figure is like the page's"() {
    const box = await before(".figure:not(.flipbook)");
    const built = await labels(".figure:not(.flipbook)");
    await run(box);
    assert.deepEqual(await labels(".drawn"), built.slice(0, 1));
    await press(`${box} .reset`);
  },

  async "a flipbook is leafed through"() {
    const box = await before(".flipbook");
    await run(box);
    const frames = () => page.$$eval(".drawn .frame", (all) => all.map((frame) => !frame.hidden));
    const built = await page.$eval(".flipbook input", (slider) => slider.value);
    assert.equal(`${(await frames()).indexOf(true)}`, built);
    await page.focus(".drawn .flipbook input");
    await page.keyboard.press("End");
    assert.equal((await frames()).indexOf(true), (await frames()).length - 1);
    await press(".drawn .play");
    await page.waitForSelector(".drawn .play[aria-label=Pause]");
    await page.waitForSelector(".drawn .play[aria-label=Play]");
  },

  async "what is typed is colored, in its place, and runs"() {
    await press(".program .edit");
    await page.keyboard.down("Control");
    await page.keyboard.press("a");
    await page.keyboard.up("Control");
    await page.keyboard.type("for i in range(2):");
    await page.keyboard.press("Enter");
    await page.keyboard.type("print(i)");
    await page.keyboard.down("Control");
    await page.keyboard.press("Enter");
    await page.keyboard.up("Control");
    await until(".program .output", "0\n1\n");
    assert.equal(await text(".program code"), "for i in range(2):\n    print(i)\n");
    assert.equal(await text(".program code .nb"), "range");
    const [code, area] = await page.$$eval(".program :is(pre > code, .editor)", (both) =>
      both.map((part) => part.getBoundingClientRect().toJSON()),
    );
    for (const side of ["left", "top", "right", "bottom"]) assert.ok(Math.abs(code[side] - area[side]) < 1, side);
  },

  async "an endless loop is stopped"() {
    await write(".program", "print('on')\nwhile True:\n    pass\n");
    await press(".program .run");
    await until(".program .output", "on\n");
    await press(".program .stop");
    await until(".program .status", "Stopped");
  },

  async "an error marks its line"() {
    await write(".program", "a = 1\na / 0\n");
    await press(".program .run");
    await until(".program .status", "Error in line 2");
    assert.equal(await text(".program .marked"), "a / 0\n");
  },

  async "a check says what is wrong and what is right"() {
    const box = ".exercise .program.starter";
    await press(`${box} .check`);
    await until(`${box} .verdict`, "Not yet: walk(10.0, 0.5, 1) ends at 0.0, not at 10.0");
    await write(box, await text(".exercise .program[data-role=solution] code"));
    await press(`${box} .check`);
    await until(`${box} .verdict`, "Right.");
  },
};

let failed = 0;
await page.goto(`${address}chapters/descent/`);
for (const [name, step] of Object.entries(steps)) {
  try {
    await step();
  } catch (error) {
    failed += 1;
    console.log(`${name}: ${error.stack}`);
  }
}
said.forEach((words) => console.log(`in the console: ${words}`));
console.log((await browser.version()).replace("firefox/", ""));
await browser.close();
process.exit(failed + said.length);
