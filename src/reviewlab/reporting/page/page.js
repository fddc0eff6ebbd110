"use strict"; // "line": a configuration's place in the leaderboard, however the table is sorted
const get = (id) => document.getElementById(id);
const every = (selector) => [...document.querySelectorAll(selector)];
const page = JSON.parse(get("data").textContent);
const known = new Map(Object.entries(page.names)); // the names of the columns, and their places
const [body, rows, heads] = [get("board").tBodies[0], every("tr[data-line]"), every("#board th")];
const box = (row) => row.querySelector("input");
const lines = () => [...body.rows].map((row) => Number(row.dataset.line)); // from the top
const shown = () => lines().filter((line) => !rows[line].hidden);
const selected = () => lines().filter((line) => box(rows[line]).checked);
const cell = (row, column) => row.cells[column].textContent.trim().toLowerCase();
const number = (text, read = parseFloat) => read(text.replace(/,/g, "").replace("<", "-"));
const settings = get("parallel"); // null if fewer than two axes vary

function sort(column) {
  const sign = heads[column].ariaSort === "ascending" ? -1 : 1;
  heads.forEach((head) => head.removeAttribute("aria-sort"));
  heads[column].ariaSort = sign > 0 ? "ascending" : "descending";
  const keyed = rows.map((row) => [number(cell(row, column)), cell(row, column), row]);
  const order = ([a, one], [b, other]) => // words come after numbers, empty cells last
    !one - !other || isNaN(a) - isNaN(b) || sign * (a - b || one.localeCompare(other));
  body.append(...keyed.sort(order).map((key) => key[2]));
  drawCurves();
}

function fits(row, [term, title, sign, wanted]) { // `lr>=0.01` compares, `lstm` searches
  if (!known.has(title)) return row.textContent.toLowerCase().includes(term);
  const text = cell(row, known.get(title));
  const apart = number(text) - number(wanted, Number);
  const is = text === wanted || apart === 0 ? "=" : apart < 0 ? "<" : apart > 0 ? ">" : "another";
  return !wanted || (sign === "!=" ? is !== "=" : sign.includes(is));
}

function update() {
  const typed = get("filter").value.toLowerCase(); // such as `gru "vs best"=~ mean > 0.8`
  const words = typed.match(/("[^"]*"|\s*[<>!=]+\s*|[^\s"])+/g) ?? [];
  const parts = (word) => word.replaceAll('"', "").match(/^(?:(.+?)\s*([<>!]?=|[<>])\s*)?(.*)$/);
  const terms = words.map(parts), strange = terms.find(([, title]) => title && !known.has(title));
  const fit = (row) => terms.every((term) => fits(row, term));
  for (const row of rows) row.hidden = !(fit(row) && (box(row).checked || !get("only").checked));
  const counts = `${shown().length} of ${rows.length} shown, ${selected().length} selected`;
  get("count").textContent = counts + (strange ? `; there is no column "${strange[1]}"` : "");
  drawCurves();
}

function drawCurves(pointed = -1) { // the line that the pointer or the focus is on
  if (!get("curves")) return;
  const [what, from] = selected().length ? ["selected", selected()] : ["shown", shown()];
  const drawn = from.slice(0, what === "shown" ? 5 : page.colours.length);
  get("which").textContent = `the top ${drawn.length} of ${from.length} ${what}`;
  const colour = (line) => page.colours[drawn.indexOf(line)] ?? "";
  rows.forEach((row, line) => row.style.setProperty("--mark", colour(line)));
  if (pointed >= 0 && !drawn.includes(pointed)) drawn.push(pointed);
  const width = (line, { fill, opacity }) => fill ? 0 : opacity ? 0.8 : line === pointed ? 4 : 2;
  const styled = (line) => page.curves[line].map((trace) => ({
    ...trace, line: { color: colour(line) || "#888", width: width(line, trace) } }));
  Plotly.react("curves", { ...page.figures.curves, data: drawn.flatMap(styled) });
}

function drawSelected() {
  const [x, y] = [selected().flatMap(() => page.steps), selected().flatMap((l) => page.places[l])];
  Plotly.restyle(settings, { x: [x], y: [y] }, settings.data.length - 1);
}

function select(wanted) { // brushes that stayed would restrict the next one
  if (settings && wanted !== brushed) Plotly.relayout(settings, { selections: [] });
  rows.forEach((row, line) => { box(row).checked = wanted(line); });
  body.onchange();
}

function brushed(line) { // whether the line crosses an axis inside every brush
  const passes = ({ x0, x1, y0, y1 }) => page.places[line].some((y, x) =>
    y !== null && (x - x0) * (x - x1) <= 0 && (y - y0) * (y - y1) <= 0);
  return settings.layout.selections?.length && settings.layout.selections.every(passes);
}

function save(place) { // on white, even if the reader uses dark mode
  const { width, height } = place.getBoundingClientRect();
  const text = place.closest("figure, section").querySelector("h3, h2").textContent;
  const title = { text: text.replace(/</g, "&lt;"), y: 1, yanchor: "top", pad: { t: 12 } };
  const margin = { ...place.layout.margin, t: place.layout.margin.t + 40 };
  const layout = { ...place.layout, title, margin, paper_bgcolor: "white" };
  const filename = `${document.title}-${place.id}`.replace(/[^\w.-]+/g, "-");
  Plotly.downloadImage({ data: place.data, layout }, {
    format: "svg", filename, width, height: height + 40 });
}

for (const place of every(".plot")) {
  const button = document.createElement("button");
  Object.assign(button, { type: "button", className: "save", textContent: "save as svg" });
  button.setAttribute("aria-label", `save as svg: ${place.getAttribute("aria-label")}`);
  button.onclick = () => save(place);
  place.after(button);
}
for (const choice of every("select")) choice.onchange = () => {
  const { note, figure } = page.pairs[every("select").map((one) => one.value)]; // across, down
  get("fair").textContent = note;
  Plotly.react("heat", figure);
};
for (const button of every(".copy")) button.onclick = () => { // on failure the text stays selected
  getSelection().selectAllChildren(get(button.dataset.from));
  if (document.execCommand("copy")) button.textContent = "copied";
};
const point = ({ target }) => drawCurves(rows.indexOf(target.closest("tr")));
for (const type of ["mouseover", "focusin"]) body.addEventListener(type, point);
for (const type of ["mouseleave", "focusout"]) body.addEventListener(type, () => drawCurves());
body.onclick = ({ target }) => target.closest("label") || box(target.closest("tr")).click();
get("filter").oninput = get("only").onchange = update;
body.onchange = () => { if (settings) drawSelected(); update(); };
get("select").onclick = () => select((line) => !rows[line].hidden);
get("clear").onclick = () => select(() => false);
heads.forEach((head, column) => { head.firstElementChild.onclick = () => sort(column); });
update();
for (const place of every(".plot:not(#curves)")) Plotly.newPlot(place, page.figures[place.id]);
settings?.on("plotly_hover", ({ points }) => drawCurves(points[0].customdata));
settings?.on("plotly_unhover", () => drawCurves());
settings?.on("plotly_click", ({ points }) => box(rows[points[0].customdata]).click());
settings?.on("plotly_deselect", () => select(brushed)); // no brush is left
settings?.on("plotly_selected", (event) => event && select(brushed)); // a mere click has no event
