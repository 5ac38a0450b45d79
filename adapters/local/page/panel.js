// What one person alone sees: the moderator card, private notices, and the choosing of messages that belong together.

import { draw } from "./content.js";
import { closeButton } from "./dialogs.js";
import { make } from "./elements.js";
import { say } from "./words.js";

// Notices that the room does not keep: the answer to what was just done, and trouble with the line.
const OF_THIS_PAGE = new Set(["answer", "trouble"]);

export class Panel {
  #shown = "";

  constructor(press) {
    this.press = press;
    this.place = document.getElementById("panel");
    this.card = document.getElementById("card");
    this.toggle = document.getElementById("panel-toggle");
    this.toggle.addEventListener("click", () => this.#open(this.toggle.getAttribute("aria-expanded") !== "true"));
    this.place.addEventListener("keydown", (event) => event.key === "Escape" && this.#open(false));
  }

  // Draws the card, and keeps the focus where it was.
  show(card) {
    this.place.hidden = !card;
    document.body.classList.toggle("moderating", Boolean(card));
    const text = JSON.stringify(card);
    if (!card || text === this.#shown) return;
    this.#shown = text;
    const focused = this.card.contains(document.activeElement) ? document.activeElement.dataset.command : undefined;
    this.card.replaceChildren(draw(card, this.press));
    if (focused) this.card.querySelector(`[data-command="${CSS.escape(focused)}"]`)?.focus();
    const first = card.blocks.find((block) => block.kind === "heading");
    // Folded away on a phone, the card still says what cannot wait.
    const summary = document.getElementById("panel-summary");
    summary.textContent = card.alert || (first?.text ?? "");
    this.toggle.classList.toggle("alert", Boolean(card.alert));
    const alarm = document.getElementById("panel-alarm");
    if (alarm.textContent !== card.alert) alarm.textContent = card.alert;
  }

  #open(isOpen) {
    this.toggle.setAttribute("aria-expanded", String(isOpen));
    this.place.classList.toggle("open", isOpen);
    if (!isOpen) this.toggle.focus();
  }
}

export class Notices {
  constructor(press, dismissed) {
    Object.assign(this, { press, dismissed });
    this.place = document.getElementById("notices");
  }

  welcome(notices) {
    const known = new Set(notices.map((notice) => notice.key));
    for (const each of [...this.place.children]) if (!OF_THIS_PAGE.has(each.dataset.key) && !known.has(each.dataset.key)) each.remove();
    for (const notice of notices) this.show(notice);
  }

  // Shows a notice in place of the one under the same key. A refusal looks like one.
  show({ key, text, content, refused = false }) {
    const old = this.#find(key);
    const text_ = JSON.stringify([text, content]);
    if (old?.dataset.said === text_) return;
    const body = make("div", { className: "notice-body" }, text ? make("p", { dir: "auto", text }) : null);
    const notice = make("section", { className: refused ? "notice refused" : "notice", data: { key, said: text_ } },
      make("p", { className: "caption", text: say("page.private") }), body,
      closeButton(say("page.dismiss"), () => this.#dismiss(key)));
    if (content) body.append(draw(content, (wish, element) => this.press(wish, element).then((isDone) => isDone && this.#dismiss(key))));
    if (old) old.replaceWith(notice);
    else this.place.append(notice);
  }

  drop(key) {
    this.#find(key)?.remove();
  }

  #dismiss(key) {
    this.drop(key);
    if (!OF_THIS_PAGE.has(key)) this.dismissed(key);
  }

  #find(key) {
    return [...this.place.children].find((each) => each.dataset.key === key);
  }
}

export class Selection {
  #wish = null;
  #ids = new Set();

  constructor(feed, done) {
    Object.assign(this, { feed, done });
    this.place = document.getElementById("selection");
    feed.log.addEventListener("click", (event) => this.#pick(event), true);
    feed.log.addEventListener("keydown", (event) => event.key === " " && this.#pick(event), true);
    document.addEventListener("keydown", (event) => event.key === "Escape" && this.#wish && !document.querySelector("dialog") && this.end());
  }

  begin(wish, first) {
    this.#wish = wish;
    document.body.classList.add("selecting");
    this.#toggle(first);
    this.place.querySelector("button")?.focus();
  }

  end() {
    for (const id of [...this.#ids]) this.#mark(id, false);
    this.#ids.clear();
    this.#wish = null;
    document.body.classList.remove("selecting");
    this.place.hidden = true;
  }

  #pick(event) {
    const article = event.target.closest("article.message");
    if (!this.#wish || !article) return;
    event.preventDefault();
    event.stopPropagation();
    this.#toggle(article.dataset.id);
  }

  #toggle(id) {
    const isChosen = !this.#ids.has(id);
    if (isChosen) this.#ids.add(id);
    else this.#ids.delete(id);
    this.#mark(id, isChosen);
    this.#draw();
  }

  #mark(id, isChosen) {
    const article = document.getElementById(`m-${id}`);
    article?.classList.toggle("chosen", isChosen);
    if (isChosen) article?.setAttribute("aria-current", "true");
    else article?.removeAttribute("aria-current");
  }

  #draw() {
    const inOrder = [...this.feed.log.querySelectorAll("article")].map((each) => each.dataset.id).filter((id) => this.#ids.has(id));
    const act = make("button", {
      type: "button", className: "button main", text: this.#wish.label, data: { command: this.#wish.command },
      disabled: inOrder.length < 2,
      on: { click: (event) => this.done(this.#wish, event.currentTarget, { messages: inOrder.join(",") }) },
    });
    const cancel = make("button", { type: "button", className: "button plain", text: say("page.select-cancel"), on: { click: () => this.end() } });
    this.place.replaceChildren(
      make("p", {}, make("span", { text: say("page.select-hint") }), " ", make("strong", { "aria-live": "polite", text: say("page.messages-selected", { n: inOrder.length }) })),
      make("div", { className: "buttons end" }, cancel, act));
    this.place.hidden = false;
  }
}
