// Draws what the bot says: blocks of text, quotes, lists, fields, countdowns and buttons.

import { address, link, make, moment } from "./elements.js";

let ahead = 0; // milliseconds by which the server's clock is ahead of this one

export function setServerTime(iso) {
  ahead = Date.parse(iso) - Date.now();
}

export function serverNow() {
  return Date.now() + ahead;
}

const WITH_DAY = { weekday: "long", day: "numeric", month: "long", hour: "2-digit", minute: "2-digit", timeZoneName: "short" };

const BLOCKS = {
  paragraph: (block) => make("p", { dir: "auto" }, ...block.runs.map(run)),
  heading: (block) => make("h3", { dir: "auto", text: block.text }),
  quote: (block) => {
    const by = block.by ? make("footer", {}, make("bdi", { text: block.by })) : null;
    return make("blockquote", { dir: "auto" }, make("p", { text: block.text }), by);
  },
  bullets: (block) => make("ul", {}, ...block.items.map((item) => make("li", { dir: "auto", text: item }))),
  fields: (block) =>
    make("dl", {}, ...block.rows.map(([label, value]) =>
      make("div", {}, make("dt", { text: label }), make("dd", {}, make("bdi", { text: value }))))),
  countdown: (block) =>
    make("p", { className: "countdown" },
      make("span", { text: block.label }),
      make("time", { datetime: block.until, className: "ticking", role: "timer", text: left(block.until) })),
  buttons: (block, press) => make("div", { className: "buttons" }, ...block.buttons.map((each) => button(each, press))),
  picture: (block) => {
    const isOurs = new URL(block.url, location.href).origin === location.origin || block.url.startsWith("data:image/");
    return isOurs ? make("img", { src: block.url, alt: block.alt, loading: "lazy" }) : make("p", { text: block.alt });
  },
};

// Returns the content as elements. *press* is called with a button that was pressed and its element.
export function draw(content, press) {
  const fragment = document.createDocumentFragment();
  for (const block of content.blocks) fragment.append(BLOCKS[block.kind](block, press));
  return fragment;
}

function run(part) {
  if (part.at) return moment(part.at, WITH_DAY);
  const url = part.link && address(part.link, location.href);
  const tag = part.weight === "strong" ? "strong" : part.weight === "quiet" ? "small" : "span";
  if (!url) return make(tag, { text: part.text });
  if (url.origin === location.origin) return make("a", { href: url.href, text: part.text });
  return link(url, part.text);
}

export function button(wish, press) {
  return make("button", {
    type: "button",
    className: `button ${wish.style}`,
    text: wish.label,
    data: { command: wish.command },
    "aria-haspopup": wish.asks.length || wish.confirm ? "dialog" : null,
    on: { click: (event) => press(wish, event.currentTarget) },
  });
}

// Minutes and seconds until a moment of the server's clock; hours when it is far.
function left(until) {
  const seconds = Math.max(0, Math.round((Date.parse(until) - serverNow()) / 1000));
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60)];
  const two = (number) => String(number).padStart(2, "0");
  return hours ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

setInterval(() => {
  for (const element of document.querySelectorAll(".ticking")) {
    const text = left(element.dateTime);
    if (element.textContent !== text) element.textContent = text;
    element.classList.toggle("soon", Date.parse(element.dateTime) - serverNow() < 60_000);
  }
}, 500);
