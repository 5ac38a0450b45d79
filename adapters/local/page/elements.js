// Small makers of elements. Everything people wrote goes in as text, never as markup.

export function make(tag, options = {}, ...children) {
  const element = document.createElement(tag);
  const { className, text, on = {}, data = {}, ...attributes } = options;
  if (className) element.className = className;
  if (text !== undefined) element.textContent = text;
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined && value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  for (const [name, value] of Object.entries(data)) element.dataset[name] = value;
  for (const [name, heard] of Object.entries(on)) element.addEventListener(name, heard);
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

const SHAPES = {
  send: "M4 12 20 4l-5 16-4-6.500z M11 13.500 20 4",
  reply: "M10 5 4 11l6 6 M4 11h9a7 7 0 0 1 7 7v1",
  react: "M12 3.500a8.500 8.500 0 1 0 0 17 8.500 8.500 0 0 0 0-17z M8.500 14a4.500 4.500 0 0 0 7 0 M9 9.500v.5 M15 9.500v.5",
  more: "M5.500 12h.01 M12 12h.01 M18.500 12h.01",
  close: "M6 6l12 12 M18 6 6 18",
  plus: "M12 5v14 M5 12h14",
  person: "M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8z M4.500 20a7.500 7.500 0 0 1 15 0",
};

export function icon(name) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.classList.add("shape", `shape-${name}`);
  const path = document.createElementNS(space, "path");
  path.setAttribute("d", SHAPES[name]);
  svg.append(path);
  return svg;
}

const LINK = /\bhttps?:\/\/[^\s<>"'`]+/gi;
// A dot or a bracket after a link belongs to the sentence.
const TAIL = /[.,;:!?)\]}»”’]+$/;

// Returns the text with its http and https links made pressable; each says where it really leads.
export function linked(text) {
  const fragment = document.createDocumentFragment();
  let from = 0;
  for (const match of text.matchAll(LINK)) {
    const written = match[0].replace(TAIL, "");
    const leads = address(written);
    if (!leads) continue;
    fragment.append(text.slice(from, match.index), link(leads, written));
    from = match.index + written.length;
  }
  fragment.append(text.slice(from));
  return fragment;
}

// Returns the address if it is one of the web, without a user part that would disguise its host; null otherwise.
export function address(written, base = undefined) {
  try {
    const url = new URL(written, base);
    const isWeb = url.protocol === "https:" || url.protocol === "http:";
    return isWeb && !url.username && !url.password ? url : null;
  } catch {
    return null;
  }
}

export function link(url, text) {
  const element = make("a", { href: url.href, rel: "noopener noreferrer nofollow ugc", target: "_blank" });
  const shown = text.length > 60 ? `${text.slice(0, 57)}…` : text;
  element.append(make("bdi", { text: shown }));
  // What is shown may begin like one address and lead to another: the host stands beside it whenever it is not plain.
  if (!shown.toLowerCase().startsWith(`${url.protocol}//${url.host}`)) {
    element.append(make("span", { className: "host", text: ` (${url.host})` }));
  }
  return element;
}

// The chat's language as this reader writes dates in it: en-GB rather than en, where the browser says so.
export function locale() {
  const { lang } = document.documentElement;
  return navigator.languages.find((each) => each.split("-")[0] === lang.split("-")[0]) ?? lang;
}

export function moment(iso, options = { timeStyle: "short" }) {
  const at = new Date(iso);
  const full = at.toLocaleString(locale(), { dateStyle: "full", timeStyle: "short" });
  return make("time", { datetime: iso, title: full, text: at.toLocaleString(locale(), options) });
}

export function initials(name) {
  const parts = name.split(/[\s._-]+/u).filter(Boolean);
  const letters = parts.slice(0, 2).map((part) => [...part][0]);
  return letters.join("").toUpperCase();
}

// Returns one of eight hues, always the same for the same person.
export function hue(id) {
  let sum = 0;
  for (const letter of id) sum = (sum * 31 + letter.codePointAt(0)) % 65521;
  return sum % 8;
}
