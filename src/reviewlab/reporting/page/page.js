"use strict";
// What a reader does with the page: sort, filter, select, and look at what was selected.
// A line is a configuration's place in the leaderboard, whatever the table is sorted by.
const get = (id) => document.getElementById(id);
const every = (selector) => [...document.querySelectorAll(selector)];
const page = JSON.parse(get("data").textContent);
const [body, rows, heads] = [get("board").tBodies[0], every("tr[data-line]"), every("#board th")];
const box = (row) => row.querySelector("input");
const lines = (wanted) => [...rows.keys()].filter((line) => wanted(rows[line]));
const shown = () => lines((row) => !row.hidden);
const selected = () => lines((row) => box(row).checked);
const cell = (row, column) => row.cells[column].textContent.trim().toLowerCase();
const number = (text) => parseFloat(text.replace(/[,<]/g, ""));
let pointed = -1; // the line under the pointer or with the focus

function sort(column) {
  const sign = heads[column].ariaSort === "ascending" ? -1 : 1;
  heads.forEach((head) => head.removeAttribute("aria-sort"));
  heads[column].ariaSort = sign > 0 ? "ascending" : "descending";
  const keyed = rows.map((row) => [number(cell(row, column)), cell(row, column), row]);
  keyed.sort(([a, one], [b, other]) => // words and gaps stay last
    isNaN(a) - isNaN(b) || sign * (a - b || one.localeCompare(other)));
  body.append(...keyed.map((key) => key[2]));
}

function fits(row, term) { // `lr=0.01` and `mean>0.8` compare with a column, `lstm` is looked for
  const [, title, sign, wanted] = term.match(/^([^=<>]+)([=<>])(.+)$/) ?? [];
  const column = page.titles.indexOf(title);
  if (column < 0) return row.textContent.toLowerCase().includes(term);
  const apart = number(cell(row, column)) - Number(wanted);
  if (sign === "=") return apart === 0 || cell(row, column) === wanted;
  return sign === "<" ? apart < 0 : apart > 0;
}

function update() {
  const terms = get("filter").value.toLowerCase().split(/\s+/).filter(Boolean);
  const left = (row) => box(row).checked || !get("only").checked;
  for (const row of rows) row.hidden = !(left(row) && terms.every((term) => fits(row, term)));
  const [seen, chosen] = [`${shown().length} of ${rows.length} shown`, selected()];
  get("count").textContent = `${seen}, ${chosen.length} selected`;
  drawCurves();
  if (!get("parallel")?.data) return;
  const [x, y] = [chosen.flatMap(() => page.steps), chosen.flatMap((line) => page.places[line])];
  Plotly.restyle("parallel", { opacity: chosen.length ? 0.2 : 1 }, page.shades);
  Plotly.restyle("parallel", { x: [x], y: [y] }, page.shades.length);
}

function drawCurves() {
  if (!get("curves")?.data) return;
  const [what, from] = selected().length ? ["selected", selected()] : ["shown", shown()];
  const drawn = from.slice(0, what === "shown" ? 5 : page.colours.length);
  get("which").textContent = `${drawn.length} of the ${from.length} ${what} rows, a line a seed`;
  const colour = (line) => page.colours[drawn.indexOf(line)] ?? "";
  rows.forEach((row, line) => row.style.setProperty("--mark", colour(line)));
  if (pointed >= 0 && !drawn.includes(pointed)) drawn.push(pointed);
  const styled = (line) => page.curves[line].map((trace) => ({
    ...trace, line: { color: colour(line) || "#888", width: line === pointed ? 4 : 1.6 } }));
  Plotly.react("curves", { ...page.figures.curves, data: drawn.flatMap(styled) });
}

function drawHeat() {
  const keys = ["first", "second"].map((id) => get(id).value).sort((a, b) => a - b);
  get("fair").textContent = page.pairs[keys].note;
  Plotly.react("heat", page.pairs[keys].figure);
}

function select(wanted) {
  rows.forEach((row, line) => { box(row).checked = wanted(line); });
  update();
}

function brushed(line, { x0, x1, y0, y1 }) { // a line that passes an axis between two corners
  const between = (y, x) => (x - x0) * (x - x1) <= 0 && (y - y0) * (y - y1) <= 0;
  return page.places[line].some((y, x) => y !== null && between(y, x));
}

function copy({ target }) { // by way of the selection, which is also what is left where this fails
  getSelection().selectAllChildren(get(target.dataset.from));
  if (document.execCommand("copy")) target.textContent = "copied";
}

const point = (line) => { pointed = line; drawCurves(); };
const pointRow = ({ target }) => point(rows.indexOf(target.closest("tr")));
for (const type of ["mouseover", "focusin"]) body.addEventListener(type, pointRow);
for (const type of ["mouseleave", "focusout"]) body.addEventListener(type, () => point(-1));
body.onclick = ({ target }) => target.closest("label") || box(target.closest("tr")).click();
get("filter").oninput = get("only").onchange = body.onchange = update;
get("select").onclick = () => select((line) => !rows[line].hidden);
get("clear").onclick = () => select(() => false);
heads.forEach((head, column) => { head.firstElementChild.onclick = () => sort(column); });
for (const button of every(".copy")) button.onclick = copy;
for (const choice of every("select")) choice.onchange = drawHeat;
for (const place of every(".plot")) Plotly.newPlot(place, page.figures[place.id]);
const settings = get("parallel"); // there is one where there are two lines
settings?.on("plotly_hover", ({ points }) => point(points[0].customdata));
settings?.on("plotly_click", ({ points }) => box(rows[points[0].customdata]).click());
settings?.on("plotly_deselect", () => select(() => false));
settings?.on("plotly_selected", () =>
  select((line) => settings.layout.selections?.every((brush) => brushed(line, brush))));
update();
