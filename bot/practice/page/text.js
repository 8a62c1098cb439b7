// Slack's mrkdwn and rich text as nodes. Markup is found before un-escaping, so an escaped <!channel> stays text.

import { clockText, el } from "./dom.js";

const EMOJI = {
  white_check_mark: "✅", warning: "⚠️", red_circle: "🔴", large_orange_circle: "🟠", large_orange_diamond: "🔶",
  large_yellow_circle: "🟡", large_green_circle: "🟢", large_blue_circle: "🔵", white_circle: "⚪", black_circle: "⚫",
  rotating_light: "🚨", bell: "🔔", hourglass: "⌛", hourglass_flowing_sand: "⏳", eyes: "👀", lock: "🔒", phone: "☎️",
  telephone_receiver: "📞", clock1: "🕐", calendar: "📅", pushpin: "📌", exclamation: "❗", x: "❌", information_source: "ℹ️",
};

export const names = { people: new Map(), rooms: new Map() };

const unescaped = (text) =>
  text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");

export function mrkdwn(text) {
  const out = document.createDocumentFragment();
  for (const part of text.split(/(```[\s\S]*?```)/)) {
    if (part.startsWith("```") && part.length >= 6) out.append(el("pre", {}, unescaped(part.slice(3, -3))));
    else out.append(...lines(part));
  }
  return out;
}

function lines(text) {
  const nodes = [];
  text.split("\n").forEach((line, number) => {
    if (number) nodes.push(el("br"));
    const quote = line.match(/^&gt; ?(.*)$/);
    nodes.push(...(quote ? [el("q", { class: "quote" }, ...inline(quote[1]))] : inline(line)));
  });
  return nodes;
}

const MARK = /(<[^<>\n]+>|`[^`\n]+`|\*[^*\n]+\*|_[^_\n]+_|~[^~\n]+~|:[a-z0-9_+-]+:)/;
const STYLES = { "*": "strong", _: "em", "~": "s" };

function inline(text) {
  const nodes = [];
  let before = "";
  const parts = text.split(MARK);
  parts.forEach((part, number) => {
    const next = parts[number + 1] ?? "";
    nodes.push(...(number % 2 ? [marked(part, before, next)].flat() : [unescaped(part)]));
    before = part;
  });
  return nodes;
}

function marked(part, before, after) {
  if (part.startsWith("<")) return angle(part.slice(1, -1));
  if (part.startsWith(":")) return EMOJI[part.slice(1, -1)] ?? part;
  // *bold* only at the edges of words, as Slack has it: case_number_1 is no emphasis.
  const stands = !/[\p{L}\p{N}]$/u.test(before) && !/^[\p{L}\p{N}]/u.test(after);
  if (!stands || /^.\s|\s.$/.test(part)) return unescaped(part);
  if (part.startsWith("`")) return el("code", {}, unescaped(part.slice(1, -1)));
  return el(STYLES[part[0]], {}, ...inline(part.slice(1, -1)));
}

function angle(inner) {
  const [target, ...rest] = inner.split("|");
  const label = rest.join("|");
  if (target.startsWith("@")) return person(target.slice(1));
  if (target.startsWith("#")) return room(target.slice(1));
  if (target.startsWith("!date^")) return date(target.split("^"), label);
  if (target.startsWith("!")) return el("span", { class: "mention" }, `@${unescaped(label || target.slice(1))}`);
  return link(unescaped(target), unescaped(label));
}

const person = (id) => el("span", { class: "mention" }, `@${names.people.get(id) ?? id}`);
const room = (id) => el("span", { class: "mention" }, `#${names.rooms.get(id) ?? id}`);

function link(target, label) {
  if (!/^(https?:|mailto:|tel:)/.test(target)) return label || target;
  return el("a", { href: target, rel: "noreferrer noopener", target: "_blank" }, label || target);
}

const DATES = {
  date_num: { dateStyle: "short" },
  date: { dateStyle: "long" },
  date_short: { day: "numeric", month: "short", year: "numeric" },
  date_long: { dateStyle: "full" },
  time: { timeStyle: "short" },
  time_secs: { timeStyle: "medium" },
};

function date([, seconds, format], fallback) {
  const moment = new Date(Number(seconds) * 1000);
  if (Number.isNaN(moment.getTime())) return unescaped(fallback);
  const shown = format.replace(/\{(\w+?)(?:_pretty)?\}/g, (whole, name) =>
    DATES[name] ? clockText(moment, DATES[name]) : name === "ago" ? clockText(moment, DATES.date) : whole,
  );
  return el("time", { datetime: moment.toISOString(), title: unescaped(fallback) }, shown);
}

export function textObject(object) {
  if (!object) return "";
  return object.type === "mrkdwn" ? mrkdwn(object.text) : plain(object.text);
}

export function plain(text) {
  return text.replace(/:([a-z0-9_+-]+):/g, (whole, name) => EMOJI[name] ?? whole);
}

export function richText(block) {
  return el("div", { class: "rich" }, ...block.elements.map(richElement));
}

function richElement(element) {
  const children = element.elements.map((part) => (part.elements ? richElement(part) : richPart(part)));
  switch (element.type) {
    case "rich_text_list": {
      const items = children.map((child) => el("li", {}, child));
      return el(element.style === "ordered" ? "ol" : "ul", { class: `indent-${element.indent ?? 0}` }, ...items);
    }
    case "rich_text_preformatted":
      return el("pre", {}, ...children);
    case "rich_text_quote":
      return el("blockquote", {}, ...children);
    default:
      return el("div", {}, ...children);
  }
}

function richPart(part) {
  const makers = {
    link: () => link(part.url, part.text),
    user: () => person(part.user_id),
    channel: () => room(part.channel_id),
    broadcast: () => el("span", { class: "mention" }, `@${part.range}`),
    emoji: () => EMOJI[part.name] ?? `:${part.name}:`,
    date: () => date(["", part.timestamp, part.format], part.fallback ?? ""),
  };
  let node = makers[part.type]?.() ?? document.createTextNode(part.text ?? "");
  for (const [style, tag] of Object.entries({ bold: "strong", italic: "em", strike: "s", code: "code" })) {
    if (part.style?.[style]) node = el(tag, {}, node);
  }
  return el("span", { class: "run" }, node);
}
