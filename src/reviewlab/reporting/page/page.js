"use strict"; // What a reader does with the page: sort, filter, select, and look at the selected.
// A line is a configuration's place in the leaderboard, whatever the table is sorted by.
const get = (id) => document.getElementById(id);
const every = (selector) => [...document.querySelectorAll(selector)];
const page = JSON.parse(get("data").textContent);
const [body, rows, heads] = [get("board").tBodies[0], every("tr[data-line]"), every("#board th")];
const box = (row) => row.querySelector("input");
const shown = () => [...rows.keys()].filter((line) => !rows[line].hidden);
const selected = () => [...rows.keys()].filter((line) => box(rows[line]).checked);
const cell = (row, column) => row.cells[column].textContent.trim().toLowerCase();
const number = (text) => parseFloat(text.replace(/[,<]/g, ""));
const settings = get("parallel"); // null where there is one line

function sort(column) {
  const sign = heads[column].ariaSort === "ascending" ? -1 : 1;
  heads.forEach((head) => head.removeAttribute("aria-sort"));
  heads[column].ariaSort = sign > 0 ? "ascending" : "descending";
  const keyed = rows.map((row) => [number(cell(row, column)), cell(row, column), row]);
  const order = ([a, one], [b, other]) => // words and gaps stay last
    isNaN(a) - isNaN(b) || sign * (a - b || one.localeCompare(other));
  body.append(...keyed.sort(order).map((key) => key[2]));
}

function fits(row, term) { // `lr=0.01` and `mean>0.8` compare with a column, `lstm` is looked for
  const [, title, sign, wanted] = term.match(/^([^=<>]+)([=<>])(.+)$/) ?? [];
  const column = page.titles.indexOf(title);
  if (column < 0) return row.textContent.toLowerCase().includes(term);
  const apart = number(cell(row, column)) - Number(wanted);
  const same = apart === 0 || cell(row, column) === wanted;
  return { "=": same, "<": apart < 0, ">": apart > 0 }[sign];
}

function update() {
  const typed = get("filter").value.toLowerCase().match(/"[^"]+"|[^\s"]+/g) ?? []; // "vs best=~"
  const fit = (row) => typed.every((term) => fits(row, term.replaceAll('"', "")));
  for (const row of rows) row.hidden = !(fit(row) && (box(row).checked || !get("only").checked));
  const [seen, chosen] = [shown().length, selected().length];
  get("count").textContent = `${seen} of ${rows.length} shown, ${chosen} selected`;
  drawCurves();
}

function drawCurves(pointed = -1) { // the line under the pointer, or with the focus
  if (!get("curves")) return;
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

function drawSelected() {
  const [lines, last] = [selected(), settings.data.length - 1];
  const [x, y] = [lines.flatMap(() => page.steps), lines.flatMap((line) => page.places[line])];
  settings.classList.toggle("chosen", lines.length > 0);
  Plotly.restyle(settings, { x: [x], y: [y] }, last);
}

function drawHeat() {
  const keys = ["first", "second"].map((id) => get(id).value).sort((a, b) => a - b);
  get("fair").textContent = page.pairs[keys].note;
  Plotly.react("heat", page.pairs[keys].figure);
}

function select(wanted) {
  rows.forEach((row, line) => { box(row).checked = wanted(line); });
  body.onchange();
}

function brushed(line) { // whether it passes an axis between the corners of every brush
  const passes = ({ x0, x1, y0, y1 }) => page.places[line].some((y, x) =>
    y !== null && (x - x0) * (x - x1) <= 0 && (y - y0) * (y - y1) <= 0);
  return settings.layout.selections?.length && settings.layout.selections.every(passes);
}

function copy({ target }) { // by way of the selection, which is also what is left where this fails
  getSelection().selectAllChildren(get(target.dataset.from));
  if (document.execCommand("copy")) target.textContent = "copied";
}

const point = ({ target }) => drawCurves(rows.indexOf(target.closest("tr")));
for (const type of ["mouseover", "focusin"]) body.addEventListener(type, point);
for (const type of ["mouseleave", "focusout"]) body.addEventListener(type, () => drawCurves());
body.onclick = ({ target }) => target.closest("label") || box(target.closest("tr")).click();
get("filter").oninput = get("only").onchange = update;
body.onchange = () => { if (settings) drawSelected(); update(); };
get("select").onclick = () => select((line) => !rows[line].hidden);
get("clear").onclick = () => select(() => false);
heads.forEach((head, column) => { head.firstElementChild.onclick = () => sort(column); });
every(".copy").forEach((button) => { button.onclick = copy; });
every("select").forEach((choice) => { choice.onchange = drawHeat; });
update();
for (const place of every(".plot:not(#curves)")) Plotly.newPlot(place, page.figures[place.id]);
settings?.on("plotly_hover", ({ points }) => drawCurves(points[0].customdata));
settings?.on("plotly_click", ({ points }) => box(rows[points[0].customdata]).click());
settings?.on("plotly_deselect", () => select(() => false));
settings?.on("plotly_selected", (event) => event && select(brushed)); // none for a mere click
