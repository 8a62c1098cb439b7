// A list of messages, redrawn one by one and only where something changed, so that focus and open menus stay.

import { renderBlocks } from "./blocks.js";
import { clockText, el, post } from "./dom.js";
import { mrkdwn, plain } from "./text.js";

const drawn = new WeakMap();

// `view`: {seat, place, hint, replies: Map ts -> count, openThread or null, shortcuts}
export function showMessages(list, rows, view) {
  const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 80;
  const known = drawn.get(list) ?? new Map();
  const nodes = rows.map((row) => {
    const key = JSON.stringify([row, view.seat, view.replies?.get(row.ts) ?? 0]);
    const before = known.get(row.ts);
    return before?.key === key ? before : { ts: row.ts, key, node: draw(row, view) };
  });
  const wanted = nodes.map((entry) => entry.node);
  for (const child of [...list.children]) if (!wanted.includes(child)) child.remove();
  wanted.forEach((node, place) => {
    if (list.children[place] !== node) list.insertBefore(node, list.children[place] ?? null);
  });
  drawn.set(list, new Map(nodes.map((entry) => [entry.ts, entry])));
  if (!rows.length) list.replaceChildren(el("p", { class: "quiet" }, `No messages yet. ${view.hint ?? ""}`.trim()));
  if (atEnd) list.scrollTop = list.scrollHeight;
}

function draw(row, view) {
  const forYou = row.notifies.some((one) => one === view.seat || ["channel", "here", "everyone"].includes(one));
  const article = el("article", {
    class: ["message", row.ephemeral_to && "ephemeral", forYou && "for-you"].filter(Boolean).join(" "),
    "data-ts": row.ts,
    "aria-label": `${row.name}: ${plainText(row.text)}`,
  });
  if (row.ephemeral_to) article.append(el("p", { class: "mark" }, "Only you can see this"));
  if (row.pinned) article.append(el("p", { class: "mark" }, "Pinned"));
  article.append(head(row), body(row, view));
  if (row.files.length) article.append(el("p", { class: "quiet" }, `File: ${row.files.map((file) => file.name).join(", ")}`));
  const reactions = Object.entries(row.reactions);
  if (reactions.length) {
    article.append(el("p", { class: "reactions" }, reactions.map(([name, users]) => `${plain(`:${name}:`)} ${users.length}`).join("  ")));
  }
  article.append(foot(row, view));
  return article;
}

const plainText = (text) => text.replace(/<[^<>]*\|([^<>]*)>/g, "$1").replace(/[<>*]/g, "");

function head(row) {
  const moment = new Date(Number(row.ts) * 1000);
  const time = el("time", { datetime: moment.toISOString(), title: clockText(moment, { dateStyle: "full", timeStyle: "medium" }) });
  time.textContent = clockText(moment, { weekday: "short", hour: "2-digit", minute: "2-digit" });
  return el("header", {}, el("strong", {}, row.name), " ", time, row.edited ? el("span", { class: "quiet" }, " (edited)") : "");
}

function body(row, view) {
  if (!row.blocks.length) return el("div", { class: "said" }, mrkdwn(row.text));
  const place = { seat: view.seat, channel: row.channel, ts: row.ts };
  const send = (block, element, value) =>
    post("click", { ...place, action: element.action_id, block_id: block.block_id, value });
  const where = {
    place,
    value: (block, element) => row.chosen?.[`${block.block_id}/${element.action_id}`],
    keep: send,
    act: send,
  };
  return el("div", { class: "blocks" }, ...renderBlocks(row.blocks, where));
}

// What Slack offers under "More actions" of a message.
function menu(row, view) {
  const shown = el("details", { class: "overflow" }, el("summary", { "aria-label": "More actions for this message" }, "⋯"));
  for (const shortcut of view.shortcuts) {
    const run = () => {
      shown.open = false;
      post("shortcut", { seat: view.seat, callback_id: shortcut.callback_id, channel: row.channel, ts: row.ts });
    };
    shown.append(el("button", { type: "button", onclick: run }, shortcut.name));
  }
  return shown;
}

function foot(row, view) {
  const bar = el("footer");
  if (view.openThread && !row.ephemeral_to) {
    const count = view.replies.get(row.ts) ?? 0;
    const text = count ? `${count} ${count === 1 ? "reply" : "replies"}` : "Reply";
    bar.append(el("button", { type: "button", class: "link", onclick: () => view.openThread(row.ts) }, text));
  }
  if (view.shortcuts?.length && !row.ephemeral_to) bar.append(menu(row, view));
  return bar;
}
