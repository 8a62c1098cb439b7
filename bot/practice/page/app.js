// The page: sit as somebody, read and write, act, move the clock. Everything is drawn from the control API.

import { renderBlocks } from "./blocks.js";
import { clearAlerts, clockText, el, get, post } from "./dom.js";
import { showForms } from "./forms.js";
import { showMessages } from "./messages.js";
import { names } from "./text.js";

const $ = (id) => document.getElementById(id);
const HOME = "home";
const SHOWN = 300;
const LOGGED = 500;
const now = { seat: null, room: null, thread: null, state: null, lastLog: 0, clockAt: 0, clockSeen: 0 };
const read = new Map();
let drawnHome = "";

const seat = () => now.state.seats.find((one) => one.id === now.seat);
const rooms = () => now.state.channels.filter((one) => one.members.includes(now.seat));
const room = () => rooms().find((one) => one.id === now.room);
const titleOf = (one) => (one.peer ? now.state.bot.name : `#${one.name}`);

// Slack offers an app's Home, its commands and its shortcuts to nobody of another organisation.
const stays = () => (now.room === HOME ? !seat().is_external : Boolean(room()));

async function draw() {
  now.state = await get("state");
  now.clockAt = Date.parse(now.state.now);
  now.clockSeen = performance.now();
  names.people = new Map(now.state.seats.map((one) => [one.id, one.name])).set(now.state.bot.user_id, now.state.bot.name);
  names.rooms = new Map(now.state.channels.filter((one) => !one.peer).map((one) => [one.id, one.name]));
  if (!seat()) now.seat = now.state.first_seat || now.state.seats[0]?.id || null;
  if (!now.seat) return;
  if (!stays()) [now.room, now.thread] = [rooms()[0]?.id ?? HOME, null];
  drawSeats();
  drawTop();
  await Promise.all([drawRoom(), drawForms(), drawLog()]);
  drawRooms();
}

function drawSeats() {
  const picker = $("seat");
  const key = JSON.stringify(now.state.seats);
  if (picker.dataset.key !== key) {
    picker.dataset.key = key;
    const groups = new Map();
    for (const one of now.state.seats) {
      const name = [one.organisation, one.team].filter(Boolean).join(" – ");
      if (!groups.has(name)) groups.set(name, el("optgroup", { label: name }));
      groups.get(name).append(el("option", { value: one.id }, one.deactivated ? `${one.name} (deactivated)` : one.name));
    }
    picker.replaceChildren(...groups.values());
  }
  picker.value = now.seat;
  const external = seat().is_external ? " · another Slack organisation" : "";
  $("role").textContent = `${seat().role}${external}`;
}

function drawTop() {
  const { connected, follows_clock: follows } = now.state.bot;
  $("bot").textContent = connected ? (follows ? "Bot connected" : "Bot connected (own clock)") : "No bot connected";
  $("bot").classList.toggle("off", !connected);
  const commands = now.state.commands.map((name) => el("option", { value: name }));
  $("commands").replaceChildren(...commands);
  const global = now.state.shortcuts.filter((one) => !one.on_message && !seat().is_external);
  $("home-tab").hidden = seat().is_external;
  const run = (one) => () => post("shortcut", { seat: now.seat, callback_id: one.callback_id });
  $("shortcuts").replaceChildren(
    ...(global.length ? [el("h2", {}, "Shortcuts")] : []),
    ...global.map((one) => el("button", { type: "button", class: "room", onclick: run(one) }, one.name)),
  );
}

function unread(one) {
  const since = read.get(`${now.seat}/${one.id}`) ?? "0";
  return one.arrivals.filter(([ts, author]) => Number(ts) > Number(since) && author !== now.seat).length;
}

function drawRooms() {
  const row = (one) => {
    const count = one.id === now.room ? 0 : unread(one);
    const button = el(
      "button",
      { type: "button", class: "room", "aria-current": one.id === now.room ? "page" : null, onclick: () => go(one.id) },
      titleOf(one),
    );
    if (one.private && !one.peer) button.append(" ", el("small", { class: "quiet" }, "private"));
    if (count) button.append(" ", el("span", { class: "count", "aria-label": `${count} unread` }, String(count)));
    return el("li", {}, button);
  };
  replaceKeepingFocus($("channels"), rooms().filter((one) => !one.peer).map(row));
  const directs = rooms().filter((one) => one.peer);
  replaceKeepingFocus($("directs"), directs.length ? directs.map(row) : [el("li", { class: "quiet" }, "None yet")]);
  $("home-tab").setAttribute("aria-current", now.room === HOME ? "page" : "false");
}

function replaceKeepingFocus(list, children) {
  const place = [...list.children].findIndex((child) => child.contains(document.activeElement));
  list.replaceChildren(...children);
  if (place >= 0) list.children[place]?.querySelector("button")?.focus();
}

async function drawRoom() {
  const atHome = now.room === HOME;
  $("composer").hidden = atHome;
  if (atHome) return drawHome();
  drawnHome = "";
  const here = room();
  $("room-name").textContent = titleOf(here);
  const shared = here.shared_with.length ? "Shared with another organisation. " : "";
  $("room-topic").textContent = `${here.archived ? "Archived. " : ""}${shared}${here.topic}`;
  $("draft-label").textContent = `Message ${titleOf(here)}`;
  const reader = now.seat;
  const { messages } = await get("messages", { channel: here.id, seat: now.seat, limit: SHOWN });
  if (here.id !== now.room || reader !== now.seat) return undefined;
  const replies = new Map();
  for (const one of messages) {
    if (one.thread_ts && one.thread_ts !== one.ts) replies.set(one.thread_ts, (replies.get(one.thread_ts) ?? 0) + 1);
  }
  const shortcuts = now.state.shortcuts.filter((one) => one.on_message && !seat().is_external);
  const view = { seat: now.seat, replies, openThread, shortcuts, hint: hint() };
  showMessages($("messages"), messages.filter((one) => !one.thread_ts || one.thread_ts === one.ts), view);
  const thread = now.thread ? messages.filter((one) => [one.ts, one.thread_ts].includes(now.thread)) : [];
  $("thread").hidden = !thread.length;
  if (thread.length) showMessages($("replies"), thread, { seat: now.seat, shortcuts });
  read.set(`${now.seat}/${here.id}`, here.last_ts ?? "0");
  return undefined;
}

function hint() {
  const [command] = now.state.commands;
  return command && !seat().is_external && !room().peer ? `Write ${command} below and press Send.` : "";
}

async function drawHome() {
  $("thread").hidden = true;
  $("room-name").textContent = "Home";
  $("room-topic").textContent = `What ${now.state.bot.name} shows ${seat().name}`;
  const reader = now.seat;
  const { view } = await get("home", { seat: reader });
  const key = JSON.stringify([reader, view]);
  if (key === drawnHome || now.room !== HOME || reader !== now.seat) return;
  drawnHome = key;
  const where = view && {
    place: { seat: now.seat, view_id: view.id },
    value: (block, element) => Object.values(view.values[block.block_id]?.[element.action_id] ?? {})[1]?.text?.text,
    keep: () => undefined,
    act: (block, element, value) =>
      post("click", { seat: now.seat, view_id: view.id, action: element.action_id, block_id: block.block_id, value }),
  };
  const shown = view ? renderBlocks(view.blocks, where) : [el("p", { class: "quiet" }, "The bot has published nothing here yet.")];
  $("messages").replaceChildren(el("div", { class: "blocks home" }, ...shown));
}

async function drawForms() {
  const reader = now.seat;
  const { views } = await get("views", { seat: reader });
  if (reader === now.seat) showForms(views, reader);
}

async function drawLog() {
  if ($("log").hidden) return;
  const { log } = await get("log", { after: now.lastLog });
  for (const row of log) {
    now.lastLog = row.n;
    const result = [row.ok ? "ok" : row.error, row.ms && `${row.ms} ms`, row.fault, row.detail].filter(Boolean).join(" · ");
    const room = names.rooms.get(row.channel);
    const whom = room ? ` #${room}` : names.people.has(row.channel) ? ` @${names.people.get(row.channel)}` : "";
    const cells = [clockText(new Date(row.at), { timeStyle: "medium" }), row.kind, `${row.name}${whom}`, result];
    $("log-rows").prepend(el("tr", { class: row.ok ? null : "failed" }, ...cells.map((cell) => el("td", {}, cell))));
  }
  while ($("log-rows").children.length > LOGGED) $("log-rows").lastChild.remove();
}

function go(id) {
  [now.room, now.thread] = [id, null];
  document.body.classList.remove("nav-open");
  $("nav-toggle").setAttribute("aria-expanded", "false");
  clearAlerts();
  drawnHome = "";
  if (id === HOME) post("home", { seat: now.seat });
  return refresh();
}

function openThread(ts) {
  now.thread = ts;
  refresh().then(() => $("reply").focus());
}

async function write(text, threadTs) {
  if (!text.startsWith("/")) return post("say", { seat: now.seat, channel: now.room, text, thread_ts: threadTs });
  const [command, ...rest] = text.split(" ");
  return post("command", { seat: now.seat, channel: now.room, command, text: rest.join(" "), thread_ts: threadTs });
}

function composer(form, field, threadTs) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const text = field.value.trim();
    if (!text) return;
    clearAlerts();
    field.value = "";
    const answer = await write(text, threadTs());
    // Nothing that was typed is lost by a refusal.
    if (!answer.ok && !field.value) field.value = text;
  });
}

async function moveClock(body) {
  clearAlerts();
  await post("clock", body);
}

function toggle(button, panel, name) {
  button.addEventListener("click", () => {
    const open = document.body.classList.toggle(name);
    button.setAttribute("aria-expanded", String(open));
    if (panel) panel.hidden = !open;
    refresh();
  });
}

function listen() {
  $("seat").addEventListener("change", () => {
    [now.seat, now.thread] = [$("seat").value, null];
    sessionStorage.setItem("seat", now.seat);
    // Nothing drawn for the seat before may be pressed by the next.
    for (const list of ["messages", "channels", "directs"]) $(list).replaceChildren();
    if (!stays()) now.room = rooms()[0]?.id ?? HOME;
    drawRooms();
    go(now.room);
  });
  $("home-tab").addEventListener("click", () => go(HOME));
  $("thread-close").addEventListener("click", () => openNothing());
  for (const button of document.querySelectorAll("[data-advance]")) {
    button.addEventListener("click", () => moveClock({ advance: button.dataset.advance }));
  }
  for (const button of document.querySelectorAll("[data-to]")) {
    button.addEventListener("click", () => moveClock({ to: button.dataset.to }));
  }
  composer($("composer"), $("draft"), () => null);
  composer($("reply-composer"), $("reply"), () => now.thread);
  toggle($("log-toggle"), $("log"), "log-open");
  toggle($("nav-toggle"), null, "nav-open");
}

function openNothing() {
  now.thread = null;
  refresh();
}

function tick() {
  const shown = new Date(now.clockAt + performance.now() - now.clockSeen);
  $("now").textContent = clockText(shown, { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", second: "2-digit" });
}

// One drawing at a time; whatever is asked for meanwhile is one more drawing after it.
let drawing = null;
let next = null;
function refresh() {
  if (!drawing) {
    drawing = draw().finally(() => (drawing = null));
    return drawing;
  }
  const then = () => {
    next = null;
    return refresh();
  };
  next ??= drawing.then(then, then);
  return next;
}

function start() {
  const query = new URLSearchParams(location.search);
  now.seat = query.get("seat") ?? sessionStorage.getItem("seat");
  now.room = location.hash.slice(1).split("/")[0] || null;
  listen();
  const events = new EventSource("/control/events");
  events.onmessage = refresh;
  events.onopen = refresh;
  setInterval(tick, 500);
}

start();
