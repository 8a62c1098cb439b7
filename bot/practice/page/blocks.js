// Block Kit as nodes.

import { control } from "./controls.js";
import { el, freshId } from "./dom.js";
import { mrkdwn, plain, richText, textObject } from "./text.js";

// `where` is told what to do with presses and choices: see controls.js.
export function renderBlocks(blocks, where) {
  return blocks.map((block) => (RENDERERS[block.type] ?? unknown)(block, where));
}

const RENDERERS = {
  header: (block) => el("h3", { class: "b-header" }, plain(block.text.text)),
  divider: () => el("hr"),
  section,
  context: (block) =>
    el("div", { class: "b-context" }, ...block.elements.map((part) => (part.type === "image" ? image(part) : el("span", {}, textObject(part))))),
  actions: (block, where) =>
    el("div", { class: "b-actions" }, ...block.elements.map((part) => control(block, part, { ...where, sends: true }))),
  input,
  image,
  markdown: (block) => el("div", { class: "b-section" }, mrkdwn(block.text.replace(/\*\*([^*]+)\*\*/g, "*$1*"))),
  rich_text: richText,
  table,
  data_table: table,
  data_visualization: chart,
};

function section(block, where) {
  const body = el("div", { class: "b-text" });
  if (block.text) body.append(el("div", block.text.type === "plain_text" ? { class: "run" } : {}, textObject(block.text)));
  if (block.fields) body.append(el("div", { class: "b-fields" }, ...block.fields.map((field) => el("div", {}, textObject(field)))));
  const whole = el("div", { class: "b-section" }, body);
  if (block.accessory?.type === "image") whole.append(image(block.accessory));
  else if (block.accessory) {
    const label = block.text ? plain(block.text.text) : "";
    whole.append(el("div", { class: "b-accessory" }, control(block, block.accessory, { ...where, sends: true, label })));
  }
  return whole;
}

function input(block, where) {
  const label = plain(block.label.text);
  const name = block.optional ? `${label} (optional)` : label;
  const id = freshId();
  const field = control(block, block.element, { ...where, sends: Boolean(block.dispatch_action) }, label);
  const single = field.matches("input, select, textarea");
  if (single) field.id = id;
  const whole = el("div", { class: "b-input", "data-block": block.block_id, "data-label": label });
  whole.append(single ? el("label", { for: id }, name) : el("div", { class: "label" }, name));
  if (block.hint) whole.append(el("p", { class: "hint" }, plain(block.hint.text)));
  whole.append(el("p", { class: "error", id: `${id}-error`, hidden: true }), field);
  if (single) field.setAttribute("aria-describedby", `${id}-error`);
  return whole;
}

// Nothing is loaded from outside: a picture is named, never shown.
function image(block) {
  return el("span", { class: "b-image" }, `Picture not shown: ${block.alt_text}`);
}

const cellText = (cell) => {
  if (cell === null || typeof cell !== "object") return plain(String(cell ?? ""));
  if (cell.elements) return richText(cell);
  return plain(String(cell.text?.text ?? cell.text ?? cell.value ?? ""));
};

function table(block) {
  const columns = (block.columns ?? []).map((column) => column.label ?? column.name ?? column.title ?? "");
  const rows = (block.rows ?? []).map((row) => (Array.isArray(row) ? row : (row.cells ?? Object.values(row))));
  const head = columns.some(Boolean) ? columns : rows.shift() ?? [];
  return el(
    "table",
    { class: "b-table" },
    el("caption", {}, cellText(block.title ?? block.caption ?? "")),
    el("thead", {}, el("tr", {}, ...head.map((cell) => el("th", { scope: "col" }, cellText(cell))))),
    el("tbody", {}, ...rows.map((row) => el("tr", {}, ...row.map((cell) => el("td", {}, cellText(cell)))))),
  );
}

function chart(block) {
  const title = cellText(block.title ?? block.chart?.title ?? "Chart");
  return el("figure", { class: "b-chart" }, el("figcaption", {}, title), el("p", { class: "quiet" }, "Chart: Slack draws it."));
}

function unknown(block) {
  return el("p", { class: "error" }, `This page cannot draw a block of type ${block.type}.`);
}
