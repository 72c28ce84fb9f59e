// Opens reports of runs, comparisons, sweeps and searches in a real browser, without a network: at the width of
// a desk and of a phone, light and dark, nothing is reported on the console, nothing is wider than the page,
// every chart has its finding and its numbers, every figure is that of summary.json or of what the command
// prints, and axe-core finds no serious fault.
//
//   node .ci/check_report.mjs SPOTSIM FOLDER [PICTURES]
//
// FOLDER has the modules of .ci/browser/package.json; pictures of what was seen go to PICTURES.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [spotsim, folder, pictures] = process.argv.slice(2).map((it) => resolve(it));
const require = createRequire(join(folder, "modules.cjs"));
const { chromium } = require("playwright-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

const BYTES = 500_000;
const VIEWS = [
  { name: "desk", width: 1440, height: 900, colorScheme: "light" },
  { name: "dark", width: 1440, height: 900, colorScheme: "dark" },
  { name: "phone", width: 375, height: 812, colorScheme: "light" },
  { name: "phone-dark", width: 375, height: 812, colorScheme: "dark" },
];
const HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(2)>";
const SCENARIO = `apiVersion: spotsim/v1
name: ${JSON.stringify(HOSTILE)}
horizon: 12h
provider: aws
region: us-east-1
pools:
  - {name: spot, count: 3, capacityType: spot, instanceTypes: [m6i.large, m5.large]}
market: {reclaims: {scale: 200}}
expect: ["cost.monthly < 100000"]
workloads:
  - name: web
    replicas: 4
    template: {containers: [{name: app, resources: {requests: {cpu: 500m, memory: 1Gi}}}]}
`;

const faults = [];
let checked = 0;
function holds(what, truth) {
  checked += 1;
  if (!truth) faults.push(what);
}

// Makes a run and its report; where both are, and what has to be there.
function made(name, args) {
  const [run, page] = [join(folder, name), join(folder, `${name}.html`)];
  const all = [...args, "--quiet", "--force", "--out", run, "--report", page];
  execFileSync(spotsim, all, { stdio: ["ignore", "ignore", "inherit"] });
  const data = JSON.parse(readFileSync(join(run, "summary.json"), "utf8"));
  return { name, page, data, id: "summary", charts: 8, pointed: "cost", logs: true };
}

// The same of what a command prints.
function printed(name, id, charts, pointed, args) {
  const page = join(folder, `${name}.html`);
  const all = [...args, "--quiet", "--force", "-o", "json", "--report", page];
  const text = execFileSync(spotsim, all, { stdio: ["ignore", "pipe", "inherit"], maxBuffer: 1 << 28 });
  return { name, page, data: JSON.parse(text), id, charts, pointed, logs: false };
}

// A value by its path with dots, or by its JSON pointer (RFC 6901).
function at(document, path) {
  const steps = path.startsWith("/") ? path.slice(1).split("/").map((it) => it.replaceAll("~1", "/").replaceAll("~0", "~")) : path.split(".");
  return steps.reduce((value, step) => value?.[step], document);
}

async function check(browser, report, view) {
  const context = await browser.newContext({
    viewport: { width: view.width, height: view.height },
    colorScheme: view.colorScheme,
    offline: true,
  });
  const page = await context.newPage();
  const where = `${report.name}, ${view.name}`;
  const fault = (text) => holds(`${where}: ${text}`, false);
  page.on("console", (message) => ["error", "warning"].includes(message.type()) && fault(`console: ${message.text()}`));
  page.on("pageerror", (error) => fault(`error: ${error.message}`));
  page.on("dialog", (dialog) => { fault(`a dialog: ${dialog.message()}`); dialog.dismiss(); });
  page.on("request", (request) => request.url().startsWith("file:") || request.url().startsWith("blob:") || fault(`asks for ${request.url()}`));
  await page.goto(pathToFileURL(report.page).href);

  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  holds(`${where}: ${wide} pixels wide`, wide <= view.width);

  const charts = await page.$$eval("figure", (all) => all.map((it) => ({
    id: it.id,
    title: it.querySelector("h3")?.textContent,
    desc: it.querySelector("svg desc")?.textContent,
    label: it.querySelector("svg[role=img]")?.getAttribute("aria-label"),
    columns: it.querySelectorAll("details table thead th").length,
    seen: [...it.querySelectorAll("svg[data-plot]")].filter((svg) => svg.clientWidth > 0).length,
  })));
  holds(`${where}: ${charts.length} charts`, charts.length >= report.charts);
  for (const it of charts) {
    const whole = it.title && it.desc && it.label === it.title && it.columns > 1 && it.seen === 1;
    holds(`${where}: ${JSON.stringify(it)}`, whole);
  }

  const figures = await page.$$eval("data[data-path]", (all) => all.map((it) => [it.dataset.path, it.value]));
  holds(`${where}: ${figures.length} figures in the head`, figures.length >= 5);
  for (const [path, value] of figures) {
    holds(`${where}: ${path} is ${value}`, at(report.data, path) === Number(value));
  }
  const within = await page.$eval(`#${report.id}`, (it) => it.textContent);
  holds(`${where}: the data in the page`, JSON.stringify(JSON.parse(within)) === JSON.stringify(report.data));

  // The tip of a chart follows the pointer and the keys; the search of the log finds.
  const svg = page.locator(`#${report.pointed}-chart svg[data-plot]:visible`);
  await svg.scrollIntoViewIfNeeded();
  const box = await svg.boundingBox();
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  holds(`${where}: a tip at the pointer`, await page.locator("#tip").isVisible());
  await page.mouse.move(0, 0);
  await svg.focus();
  await page.keyboard.press("ArrowRight");
  holds(`${where}: a tip at a key`, await page.locator("#tip").isVisible());
  await page.keyboard.press("Escape");
  holds(`${where}: the tip goes`, await page.locator("#tip").isHidden());
  if (report.logs) {
    const search = page.locator("#search-0");
    await search.fill("no such event at all");
    holds(`${where}: nothing is found`, await page.locator("details.log").first().locator("tbody tr:visible").count() === 0);
    await search.fill("");
  }

  if (pictures) {
    mkdirSync(pictures, { recursive: true });
    await page.evaluate(() => scrollTo(0, 0));
    await page.screenshot({ path: join(pictures, `${report.name}-${view.name}.png`), fullPage: true });
  }
  // Folded parts are read, too.
  await page.$$eval("details", (all) => all.forEach((it) => { it.open = true; }));
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run({ resultTypes: ["violations"] }));
  for (const it of violations.filter(({ impact }) => ["serious", "critical"].includes(impact))) {
    fault(`axe: ${it.id}, ${it.help}: ${it.nodes.slice(0, 3).map(({ html }) => html).join(" ")}`);
  }
  await context.close();
}

const executablePath = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find((it) => existsSync(it));
writeFileSync(join(folder, "hostile.yaml"), SCENARIO);
// Plans whose file names are as hostile as a file system allows.
const COUNTS = ["--vary", "pools.spot.count=2..5:1"];
const plans = [["2", "on-demand"], ["3", "spot"], ["5", "spot"]].map(([count, type]) => {
  const plan = join(folder, `${count} <b>&amp; ${type}.yaml`);
  writeFileSync(plan, SCENARIO.replace("count: 3", `count: ${count}`).replace("capacityType: spot", `capacityType: ${type}`));
  return plan;
});
const reports = [
  made("web", ["demo", "web-on-spot", "-n", "40"]),
  made("friday", ["demo", "black-friday", "-n", "4"]),
  made("hostile", ["run", join(folder, "hostile.yaml"), "-n", "20"]),
  printed("two", "comparison", 3, "differences", ["compare", ...plans.slice(0, 2), "-n", "20"]),
  printed("three", "comparison", 5, "front", ["compare", ...plans, "-n", "12"]),
  printed("grid", "sweep", 2, "front", ["sweep", plans[1], ...COUNTS, "--vary", "market.reclaims.scale=100,300", "-n", "6"]),
  printed("line", "sweep", 2, "along-cost", ["sweep", plans[1], ...COUNTS, "-n", "6"]),
  printed("optimum", "optimum", 1, "front", ["optimize", plans[0], ...COUNTS, "-n", "8"]),
];
for (const { name, page } of reports) {
  const bytes = statSync(page).size;
  holds(`${name}: ${bytes} bytes`, bytes < BYTES);
}
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
for (const report of reports) {
  for (const view of VIEWS) await check(browser, report, view);
}
await browser.close();
for (const fault of faults) console.log(`fault: ${fault}`);
console.log(`${reports.length} reports in ${VIEWS.length} views: ${checked} checks, ${faults.length} faults`);
process.exitCode = faults.length ? 1 : 0;
