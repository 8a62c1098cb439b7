// The topmost form of a seat, in a dialog: what is typed stays while the bot redraws it.

import { renderBlocks } from "./blocks.js";
import { el, post } from "./dom.js";
import { plain } from "./text.js";

const dialog = document.getElementById("modal");
let shown = { key: "", id: null, typed: new Map() };

const placed = (block, element) => `${block.block_id}/${element.action_id}`;

export function showForms(views, seat) {
  const view = views.at(-1);
  if (!view) {
    if (dialog.open) dialog.close();
    shown = { key: "", id: null, typed: new Map() };
    return;
  }
  const key = JSON.stringify([view.id, view.title, view.submit, view.blocks]);
  if (key === shown.key) return;
  const typed = view.id === shown.id ? shown.typed : new Map();
  shown = { key, id: view.id, typed };
  const focused = document.activeElement?.closest?.("[data-block]")?.dataset.block;
  draw(view, seat, views.length);
  if (!dialog.open) dialog.showModal();
  if (focused) dialog.querySelector(`[data-block="${CSS.escape(focused)}"] :is(input, select, textarea)`)?.focus();
}

function draw(view, seat, depth) {
  const where = {
    place: { seat, view_id: view.id },
    value: (block, element) => current(view, block, element),
    keep: (block, element, value) => shown.typed.set(placed(block, element), value),
    act: (block, element, value) => {
      if (element.type !== "button" && element.type !== "overflow") shown.typed.set(placed(block, element), value);
      return post("click", { seat, view_id: view.id, action: element.action_id, block_id: block.block_id, value });
    },
  };
  const form = el("form", { novalidate: true, onsubmit: (event) => send(event, view, seat) });
  const buttons = el("div", { class: "dialog-buttons" });
  buttons.append(el("button", { type: "button", onclick: () => close(view, seat) }, view.close || "Cancel"));
  if (view.submit) buttons.append(el("button", { type: "submit", class: "primary" }, plain(view.submit)));
  const title = el("h2", { id: "modal-title" }, plain(view.title ?? ""));
  const level = depth > 1 ? el("p", { class: "quiet" }, `Step ${depth}`) : null;
  form.append(el("div", { class: "dialog-body" }, ...renderBlocks(view.blocks, where)), buttons);
  dialog.replaceChildren(title, ...(level ? [level] : []), form);
  dialog.oncancel = (event) => {
    event.preventDefault();
    close(view, seat);
  };
}

function current(view, block, element) {
  const key = placed(block, element);
  if (shown.typed.has(key)) return shown.typed.get(key);
  const state = view.values[block.block_id]?.[element.action_id] ?? {};
  const found = Object.entries(state).find(([name]) => name !== "type")?.[1];
  const text = (option) => plain(option?.text?.text ?? "");
  if (Array.isArray(found)) return found.map((one) => (typeof one === "object" ? text(one) : one));
  return found && typeof found === "object" ? text(found) : found;
}

async function send(event, view, seat) {
  event.preventDefault();
  const fields = new Set(view.inputs.map((field) => `${field.block_id}/${field.action_id}`));
  const values = Object.fromEntries([...shown.typed].filter(([key]) => fields.has(key)));
  for (const box of dialog.querySelectorAll(".b-input > .error")) mark(box, null);
  const answer = await post("submit", { seat, view_id: view.id, values });
  if (answer.errors) showErrors(answer.errors);
}

function showErrors(errors) {
  let first = null;
  for (const field of dialog.querySelectorAll(".b-input")) {
    const text = errors[field.dataset.label];
    if (!text) continue;
    mark(field.querySelector(".error"), text);
    first ??= field.querySelector("input, select, textarea");
  }
  first?.focus();
}

function mark(box, text) {
  box.hidden = text === null;
  box.textContent = text ?? "";
  box.closest(".b-input").classList.toggle("wrong", text !== null);
}

function close(view, seat) {
  return post("close", { seat, view_id: view.id });
}
