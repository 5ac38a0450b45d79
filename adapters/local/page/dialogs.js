// What opens above the page: menus, questions to answer with yes or no, and small forms. All are native dialogs.

import { icon, make } from "./elements.js";
import { say } from "./words.js";

let labels = 0;

// Opens a menu beside *anchor*. groups: [{ title?, row?, entries: [{ label, text?, danger?, pressed?, run }] }].
export function menu(anchor, label, groups) {
  const dialog = make("dialog", { className: "menu", "aria-label": label });
  for (const group of groups.filter((each) => each.entries.length)) {
    const part = make("div", { className: group.row ? "row" : "column", role: "group", "aria-label": group.title });
    if (group.title && !group.row) part.append(make("p", { className: "group-title", text: group.title }));
    part.append(...group.entries.map((entry) => menuEntry(dialog, entry)));
    dialog.append(part);
  }
  dialog.append(make("button", { type: "button", className: "quiet only-touch", text: say("page.close"), on: { click: () => dialog.close() } }));
  dialog.addEventListener("keydown", moveInMenu);
  open(dialog);
  place(dialog, anchor);
}

function menuEntry(dialog, entry) {
  return make("button", {
    type: "button",
    className: entry.danger ? "entry danger" : "entry",
    text: entry.text ?? entry.label,
    title: entry.text ? entry.label : null,
    "aria-label": entry.text ? entry.label : null,
    "aria-pressed": entry.pressed === undefined ? null : String(entry.pressed),
    on: {
      click: () => {
        dialog.close();
        entry.run();
      },
    },
  });
}

function moveInMenu(event) {
  const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const entries = [...event.currentTarget.querySelectorAll("button")].filter((each) => each.offsetParent);
  const at = entries.indexOf(document.activeElement);
  entries[(at + step + entries.length) % entries.length].focus();
}

// Beside what was pressed on a wide screen; style.css makes it a sheet at the bottom on a narrow one.
function place(dialog, anchor) {
  const [from, box] = [anchor.getBoundingClientRect(), dialog.getBoundingClientRect()];
  const below = from.bottom + 4 + box.height <= innerHeight;
  const top = below ? from.bottom + 4 : Math.max(8, from.top - box.height - 4);
  dialog.style.setProperty("--left", `${Math.max(8, Math.min(from.right - box.width, innerWidth - box.width - 8))}px`);
  dialog.style.setProperty("--top", `${top}px`);
}

// Promises whether the question was answered with yes.
export async function confirm(question, yes, danger = false) {
  const answer = await ask(question, [], yes, danger);
  return answer !== null;
}

// Promises the values of a form, or null when it was closed.
export function ask(title, asks, yes, danger = false) {
  return new Promise((resolve) => {
    const id = `dialog-${++labels}`;
    const form = make("form", { method: "dialog" }, make("h2", { id, text: title, dir: "auto" }), ...asks.map(field));
    form.append(
      make("div", { className: "buttons end" },
        make("button", { type: "button", className: "button plain", text: say("page.cancel"), on: { click: () => dialog.close() } }),
        make("button", { type: "submit", className: `button ${danger ? "danger" : "main"}`, text: yes, value: "yes" })),
    );
    const dialog = make("dialog", { className: "form", "aria-labelledby": id }, form);
    dialog.addEventListener("close", () => {
      const isYes = dialog.returnValue === "yes";
      resolve(isYes ? Object.fromEntries(new FormData(form)) : null);
    });
    open(dialog);
  });
}

function field(wanted) {
  const id = `field-${++labels}`;
  const common = { id, name: wanted.name, maxlength: wanted.limit };
  const inputs = {
    text: () => make("input", { ...common, value: wanted.value, dir: "auto" }),
    long: () => make("textarea", { ...common, rows: 4, dir: "auto", text: wanted.value }),
    number: () => make("input", { id, name: wanted.name, type: "number", inputmode: "numeric", value: wanted.value }),
    choice: () =>
      make("select", { id, name: wanted.name },
        ...wanted.choices.map(([value, label]) => make("option", { value, text: label, selected: value === wanted.value }))),
  };
  return make("p", { className: "field" }, make("label", { for: id, text: wanted.label }), inputs[wanted.kind]());
}

function open(dialog) {
  const opener = document.activeElement;
  // A press beside the dialog closes it; presses inside reach its children, never itself.
  dialog.addEventListener("pointerdown", (event) => event.target === dialog && isOutside(event, dialog) && dialog.close());
  dialog.addEventListener("close", () => {
    dialog.remove();
    if (document.activeElement === document.body && opener?.isConnected) opener.focus();
  });
  document.body.append(dialog);
  dialog.showModal();
}

function isOutside(event, dialog) {
  const box = dialog.getBoundingClientRect();
  return event.clientX < box.left || event.clientX > box.right || event.clientY < box.top || event.clientY > box.bottom;
}

export function closeButton(label, run) {
  return make("button", { type: "button", className: "icon", "aria-label": label, title: label, on: { click: run } }, icon("close"));
}
