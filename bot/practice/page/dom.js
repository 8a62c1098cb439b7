// Small building blocks: elements, the control API, and the alert strip.

export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "class") node.className = value;
    else if (name === "value") node.value = value;
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

let lastId = 0;
export const freshId = () => `e${++lastId}`;

export async function get(name, query = {}) {
  const response = await fetch(`/control/${name}?${new URLSearchParams(query)}`);
  return response.json();
}

// At once: the page shows changes as they come, and does not wait for the bot to be idle.
export async function post(name, body) {
  document.body.classList.add("busy");
  try {
    const response = await fetch(`/control/${name}?wait=0`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
    const answer = await response.json();
    if (!answer.ok) alertPerson(answer.detail);
    return answer;
  } catch {
    alertPerson("The practice workspace does not answer: start it again.");
    return { ok: false };
  } finally {
    document.body.classList.remove("busy");
  }
}

export function alertPerson(sentence) {
  const box = el("div", { class: "alert" }, el("span", {}, sentence));
  box.append(el("button", { type: "button", onclick: () => box.remove() }, "Dismiss"));
  document.getElementById("alerts").replaceChildren(box);
}

export function clearAlerts() {
  document.getElementById("alerts").replaceChildren();
}

const zone = "Europe/London";
export function clockText(date, options) {
  return new Intl.DateTimeFormat("en-GB", { timeZone: zone, ...options }).format(date);
}
