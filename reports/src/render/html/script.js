// What a page can do where scripts run: exact values at the pointer, a search, and data to save.
"use strict";
const tip = document.getElementById("tip");
const charts = [...document.querySelectorAll("figure.chart")].map((figure) => ({
  figure,
  time: figure.hasAttribute("data-time"),
  columns: [...figure.querySelectorAll("thead th")].map((it) => it.textContent),
  rows: [...figure.querySelectorAll("tbody tr")].filter((it) => it.dataset.x || it.dataset.y),
  at: -1,
}));

function seen(chart) {
  return [...chart.figure.querySelectorAll("svg[data-plot]")].find((it) => it.clientWidth > 0);
}

// The plot in pixels of the page: left, right, top, bottom.
function plot(svg) {
  const box = svg.getBoundingClientRect();
  const scale = box.width / svg.viewBox.baseVal.width;
  const [left, right, top, bottom] = svg.dataset.plot.split(" ").map((it) => it * scale);
  return { left: box.left + left, right: box.left + right, top: box.top + top, bottom: box.top + bottom };
}

// A row of a series holds from its instant on; anything else is where it is.
function nearest(chart, x, y) {
  if (chart.time && chart.rows.every((row) => row.dataset.y === undefined)) {
    return Math.max(0, chart.rows.findLastIndex((row) => Number(row.dataset.x) <= x));
  }
  let best = -1, least = Infinity;
  chart.rows.forEach((row, index) => {
    const right = row.dataset.x === undefined ? 0 : row.dataset.x - x;
    const up = row.dataset.y === undefined ? 0 : row.dataset.y - y;
    const far = right * right + up * up;
    if (far < least) [best, least] = [index, far];
  });
  return best;
}

// A line at the same instant in every chart over time; in others it is in the one chart alone.
function cursor(chart, x) {
  for (const other of charts) {
    other.figure.querySelectorAll(".cursor").forEach((it) => it.remove());
    const svg = x !== undefined && (other === chart || (chart.time && other.time)) && seen(other);
    if (!svg) continue;
    const [left, right, top, bottom] = svg.dataset.plot.split(" ").map(Number);
    const line = document.createElementNS("http://www.w3.org/2000/svg", "line");
    const at = left + (right - left) * x / 1000;
    for (const [name, value] of Object.entries({ x1: at, x2: at, y1: top, y2: bottom, class: "cursor" })) {
      line.setAttribute(name, value);
    }
    svg.append(line);
  }
}

function hide(chart) {
  tip.hidden = true;
  chart.at = -1;
  cursor(chart);
}

// At the pointer, or else at the row itself.
function show(chart, index, pointer) {
  const row = chart.rows[index], svg = seen(chart);
  if (!row || !svg) return;
  chart.at = index;
  const head = document.createElement("b");
  head.textContent = row.cells[0].textContent;
  const values = [...row.cells].slice(1).map((cell, column) => {
    const line = document.createElement("span"), name = document.createElement("i");
    name.textContent = chart.columns[column + 1];
    line.append(name, cell.textContent);
    return line;
  });
  tip.replaceChildren(head, ...values);
  tip.hidden = false;
  const box = plot(svg);
  const x = pointer ?? (row.dataset.x === undefined ? 500 : Number(row.dataset.x));
  const y = row.dataset.y === undefined ? 1000 : Number(row.dataset.y);
  cursor(chart, row.dataset.x === undefined ? undefined : x);
  const right = box.left + (box.right - box.left) * x / 1000;
  const down = row.dataset.y === undefined ? box.top : box.bottom - (box.bottom - box.top) * y / 1000;
  const wide = document.documentElement.clientWidth;
  const left = right + 14 + tip.offsetWidth > wide - 8 ? right - 14 - tip.offsetWidth : right + 14;
  tip.style.left = `${Math.max(8, Math.min(left, wide - 8 - tip.offsetWidth)) + scrollX}px`;
  tip.style.top = `${Math.max(4, down - tip.offsetHeight / 2) + scrollY}px`;
}

for (const chart of charts) {
  for (const svg of chart.figure.querySelectorAll("svg[data-plot]")) {
    // A browser's own tip would cover ours; the words stay for those who hear them.
    const title = svg.querySelector("title");
    svg.removeAttribute("aria-labelledby");
    svg.setAttribute("aria-label", title.textContent);
    const words = title.textContent;
    svg.addEventListener("pointerenter", () => { title.textContent = ""; });
    svg.addEventListener("pointermove", (event) => {
      const box = plot(svg);
      const x = 1000 * (event.clientX - box.left) / (box.right - box.left);
      const y = 1000 * (box.bottom - event.clientY) / (box.bottom - box.top);
      if (x < -20 || x > 1020) hide(chart); else show(chart, nearest(chart, x, y), chart.time ? Math.max(0, Math.min(1000, x)) : undefined);
    });
    svg.addEventListener("pointerleave", () => { title.textContent = words; hide(chart); });
    svg.addEventListener("blur", () => hide(chart));
    svg.addEventListener("keydown", (event) => {
      const last = chart.rows.length - 1;
      const to = { ArrowRight: chart.at + 1, ArrowDown: chart.at + 1, ArrowLeft: chart.at - 1, ArrowUp: chart.at - 1, Home: 0, End: last }[event.key];
      if (event.key === "Escape") hide(chart);
      if (to === undefined) return;
      event.preventDefault();
      show(chart, Math.max(0, Math.min(last, to)));
    });
  }
}

for (const log of document.querySelectorAll("details.log")) {
  const search = log.querySelector(".search"), field = search.querySelector("input");
  const found = search.querySelector(".found"), rows = [...log.querySelectorAll("tbody tr")];
  search.hidden = false;
  field.addEventListener("input", () => {
    const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    for (const row of rows) {
      const text = row.textContent.toLowerCase();
      row.hidden = !words.every((word) => text.includes(word));
      if (!row.hidden) count += 1;
    }
    found.textContent = words.length ? `${count} of ${rows.length}` : "";
  });
}

function save(name, text, type) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}

const quoted = (text) => /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
document.querySelector(".buttons").hidden = false;
document.querySelector(".buttons").addEventListener("click", ({ target }) => {
  const { save: what, csv } = target.dataset;
  if (what) save(`${what}.json`, `${document.getElementById(what).textContent}\n`, "application/json");
  if (!csv) return;
  const rows = document.getElementById(`${csv}-chart`).querySelectorAll("tr");
  const text = [...rows].map((row) => [...row.cells].map((it) => quoted(it.textContent)).join(",") + "\n");
  save(`${csv}.csv`, text.join(""), "text/csv");
});
