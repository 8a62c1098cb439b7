// Block elements as native controls. `act(element, block, value)` sends; `keep` remembers without sending.

import { el, freshId, post } from "./dom.js";
import { names, plain, textObject } from "./text.js";

const textOf = (object) => plain(object?.text ?? "");
const optionsOf = (element) =>
  element.options ?? (element.option_groups ?? []).flatMap((group) => group.options);

export function confirmed(element) {
  if (!element.confirm) return Promise.resolve(true);
  const { title, text, confirm, deny, style } = element.confirm;
  const dialog = document.getElementById("confirm");
  return new Promise((resolve) => {
    const answer = (yes) => () => {
      dialog.close();
      resolve(yes);
    };
    dialog.oncancel = () => resolve(false);
    const kind = style === "danger" ? "danger" : "primary";
    dialog.replaceChildren(
      el("h2", { id: "confirm-title" }, textOf(title)),
      el("p", {}, textObject(text)),
      el(
        "div",
        { class: "dialog-buttons" },
        el("button", { type: "button", onclick: answer(false) }, textOf(deny) || "Cancel"),
        el("button", { type: "button", class: kind, onclick: answer(true) }, textOf(confirm) || "Yes"),
      ),
    );
    dialog.showModal();
  });
}

// `where`: {act, keep, value(block, element), place, search}. Returns a node; labels are for it where it needs one.
export function control(block, element, where, labelledBy = null) {
  const kind = element.type.replace(/^multi_/, "");
  const many = element.type.startsWith("multi_");
  if (kind === "button") return button(block, element, where);
  if (kind === "overflow") return overflow(block, element, where);
  const changed = async (value) => {
    if (!where.sends) return where.keep(block, element, value);
    if (await confirmed(element)) return where.act(block, element, value);
    return undefined;
  };
  const now = where.value(block, element);
  const name = labelledBy ?? (textOf(element.placeholder) || where.label || element.action_id);
  if (kind === "checkboxes" || (many && kind === "static_select")) return boxes(element, now ?? [], name, changed);
  if (kind === "radio_buttons") return radios(element, now, name, changed);
  if (kind === "static_select") return select(element, optionsOf(element).map((o) => textOf(o.text)), now, name, changed);
  if (kind === "users_select") return select(element, [...names.people.values()], names.people.get(now) ?? now, name, changed);
  if (/^(conversations|channels)_select$/.test(kind))
    return select(element, [...names.rooms.values()], names.rooms.get(now) ?? now, name, changed);
  if (kind === "external_select") return searching(block, element, now, name, changed, where);
  return typing(element, kind, now, name, changed);
}

function button(block, element, where) {
  const press = async () => {
    if (!(await confirmed(element))) return;
    if (element.url) window.open(element.url, "_blank", "noreferrer");
    await where.act(block, element, element.value ?? null);
  };
  const label = element.accessibility_label ?? null;
  return el("button", { type: "button", class: element.style, "aria-label": label, onclick: press }, textOf(element.text));
}

function overflow(block, element, where) {
  const menu = el("details", { class: "overflow" }, el("summary", { "aria-label": "More actions" }, "⋯"));
  for (const option of element.options) {
    const choose = async () => {
      menu.open = false;
      if (await confirmed(element)) await where.act(block, element, textOf(option.text));
    };
    menu.append(el("button", { type: "button", onclick: choose }, textOf(option.text)));
  }
  return menu;
}

function select(element, texts, now, name, changed) {
  const shown = el("select", { "aria-label": name, onchange: () => changed(shown.value || null) });
  shown.append(el("option", { value: "" }, textOf(element.placeholder) || "Choose one"));
  for (const text of texts) shown.append(el("option", { value: text }, text));
  shown.value = now ?? "";
  return shown;
}

function boxes(element, now, name, changed) {
  const inputs = optionsOf(element).map((option) => {
    const text = textOf(option.text);
    return el("input", { type: "checkbox", id: freshId(), value: text, checked: now.includes(text) });
  });
  const tell = () => changed(inputs.filter((input) => input.checked).map((input) => input.value));
  return choices(optionsOf(element), inputs, name, tell);
}

function radios(element, now, name, changed) {
  const group = freshId();
  const inputs = optionsOf(element).map((option) => {
    const text = textOf(option.text);
    return el("input", { type: "radio", name: group, id: freshId(), value: text, checked: text === now });
  });
  return choices(optionsOf(element), inputs, name, () => changed(inputs.find((input) => input.checked)?.value));
}

function choices(options, inputs, name, tell) {
  const rows = inputs.map((input, number) => {
    const note = options[number].description;
    const label = el("label", { for: input.id }, textObject(options[number].text));
    if (note) label.append(el("small", {}, textObject(note)));
    return el("div", { class: "choice" }, input, label);
  });
  return el("fieldset", { "aria-label": name, onchange: tell }, ...rows);
}

const INPUT_TYPES = {
  datepicker: "date", timepicker: "time", datetimepicker: "datetime-local",
  number_input: "text", email_text_input: "email", url_text_input: "url",
};

function typing(element, kind, now, name, changed) {
  const long = element.multiline || kind === "rich_text_input";
  const shown = el(long ? "textarea" : "input", {
    type: long ? null : (INPUT_TYPES[kind] ?? "text"),
    "aria-label": name,
    rows: long ? 4 : null,
    inputmode: kind === "number_input" ? "decimal" : null,
    placeholder: textOf(element.placeholder) || null,
    value: kind === "datetimepicker" ? localTime(now) : (now ?? ""),
    onchange: () => changed(shown.value),
  });
  return shown;
}

function localTime(seconds) {
  if (!seconds || Number.isNaN(Number(seconds))) return seconds ?? "";
  const parts = new Intl.DateTimeFormat("sv-SE", { timeZone: "Europe/London", dateStyle: "short", timeStyle: "short" });
  return parts.format(new Date(Number(seconds) * 1000)).replace(" ", "T");
}

function searching(block, element, now, name, changed, where) {
  const list = el("ul", { class: "offers", hidden: true, "aria-label": `Options for ${name}` });
  const many = element.type.startsWith("multi_");
  const least = element.min_query_length ?? 3;
  let turn = 0;
  const look = async () => {
    const mine = ++turn;
    if (input.value.length < least) return;
    const answer = await post("options", { ...where.place, action: element.action_id, query: input.value });
    if (mine !== turn || !answer.ok) return;
    const offers = answer.options.map((text) => el("li", {}, el("button", { type: "button", onclick: () => take(text) }, text)));
    list.replaceChildren(...(offers.length ? offers : [el("li", {}, "Nothing found")]));
    list.hidden = false;
  };
  const take = (text) => {
    input.value = text;
    list.hidden = true;
    changed(many ? [text] : text);
  };
  const input = el("input", {
    type: "search",
    "aria-label": name,
    placeholder: textOf(element.placeholder) || "Type to search",
    value: (many ? now?.[0] : now) ?? "",
    oninput: look,
    onfocus: look,
    onkeydown: (event) => event.key === "Escape" && (list.hidden = true),
  });
  return el("div", { class: "search" }, input, list);
}

