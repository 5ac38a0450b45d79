// The conversation: messages and posts in the order of their time, each once, whatever comes twice or late.

import { drawMessage, drawPost } from "./message.js";
import { locale, make } from "./elements.js";
import { say } from "./words.js";

const TOGETHER = 4 * 60_000; // messages of one person within this time stand under one name
const NEAR_THE_END = 80;

export class Feed {
  #items = new Map(); // id → item
  #articles = new Map(); // id → article
  #unread = 0;
  #followsEnd = true;

  // look: how messages are drawn (see message.js); press: what a button in a post does.
  constructor(look, press) {
    this.look = { ...look, parent: (id) => this.#items.get(id) };
    this.press = press;
    this.log = document.getElementById("feed");
    this.scroller = document.getElementById("scroller");
    this.pill = document.getElementById("jump");
    this.pill.addEventListener("click", () => this.toEnd());
    this.scroller.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    // A notice, a keyboard or a longer draft takes room away, a reaction or a tag needs some: whoever read the newest
    // line still does.
    const resized = new ResizeObserver(() => this.#followsEnd && this.toEnd());
    for (const each of [this.scroller, this.log]) resized.observe(each);
    this.log.addEventListener("keydown", (event) => this.#move(event));
    this.log.addEventListener("focusin", (event) => this.#makeCurrent(event.target.closest("article")));
  }

  get(id) {
    return this.#items.get(id);
  }

  get oldest() {
    return this.log.querySelector("article")?.dataset.at;
  }

  get newest() {
    return [...this.#items.values()].filter((item) => !item.waiting).reduce((at, item) => (item.at > at ? item.at : at), "");
  }

  // Takes the history that came with a welcome: what the room does not have any more goes, what it has is drawn anew.
  welcome(items) {
    const isAtEnd = this.#isAtEnd() || !this.#items.size;
    const known = new Set(items.map((item) => item.id));
    const since = items[0]?.at ?? "";
    const meets = items.some((item) => this.#items.has(item.id));
    for (const item of [...this.#items.values()]) {
      if (!item.waiting && !known.has(item.id) && (!meets || item.at >= since)) this.remove(item.id);
    }
    this.log.setAttribute("aria-live", "off"); // a whole history is nothing to read out
    for (const item of items) this.#put(item);
    setTimeout(() => this.log.setAttribute("aria-live", "polite"), 500);
    if (isAtEnd) this.toEnd();
    this.#tellWhetherEmpty();
  }

  earlier(items) {
    const from = this.scroller.scrollHeight - this.scroller.scrollTop;
    this.log.setAttribute("aria-live", "off");
    for (const item of items) this.#put(item);
    setTimeout(() => this.log.setAttribute("aria-live", "polite"), 500);
    this.scroller.scrollTop = this.scroller.scrollHeight - from;
  }

  // Shows an item that came in now.
  add(item) {
    const [isNew, isAtEnd] = [!this.#items.has(item.id), this.#isAtEnd()];
    this.#put(item);
    this.#tellWhetherEmpty();
    const isOwn = item.author_id === this.look.me.id;
    if (isNew && !isAtEnd && !isOwn) this.#countUnread();
    if (isAtEnd || (isNew && isOwn)) this.toEnd();
  }

  // Changes an item that is shown; anything else is in the history when somebody looks there.
  change(id, change) {
    const known = this.#items.get(id);
    if (known) this.#put({ ...known, ...change });
  }

  remove(id) {
    const article = this.#articles.get(id);
    if (!article) return;
    const next = article.nextElementSibling;
    if (article.contains(document.activeElement)) (next ?? this.log).focus();
    article.remove();
    this.#articles.delete(id);
    this.#items.delete(id);
    this.#join(next);
    for (const item of this.#items.values()) if (item.reply_to === id) this.#draw(item);
    this.#tellWhetherEmpty();
  }

  redrawAll() {
    for (const item of this.#items.values()) this.#draw(item);
  }

  toEnd() {
    this.scroller.scrollTop = this.scroller.scrollHeight;
    this.#clearUnread();
  }

  find(id) {
    const article = this.#articles.get(id);
    if (!article) return;
    article.scrollIntoView({ block: "center" });
    this.#makeCurrent(article);
    article.focus({ preventScroll: true });
    article.classList.remove("found");
    void article.offsetWidth; // lets the mark fade once more
    article.classList.add("found");
  }

  // --- drawing ---

  #put(item) {
    const known = this.#items.get(item.id);
    if (known?.reactions && item.reactions) item = { ...item, reactions: keepMine(known.reactions, item.reactions) };
    this.#items.set(item.id, item);
    let article = this.#articles.get(item.id);
    // A reaction or a change is not read out as if the message were said once more.
    article?.setAttribute("aria-live", "off");
    if (!article) {
      article = make("article", { tabindex: "-1", id: `m-${item.id}`, data: { id: item.id } });
      this.#articles.set(item.id, article);
    }
    article.dataset.at = item.at;
    article.dataset.author = item.kind === "post" ? "" : item.author_id;
    this.#draw(item);
    this.#place(article, item.at);
  }

  #draw(item) {
    const article = this.#articles.get(item.id);
    const action = article.contains(document.activeElement) ? document.activeElement.dataset.action : undefined;
    const hadFocus = article.contains(document.activeElement);
    const drawn = item.kind === "post" ? drawPost(item, this.press) : drawMessage(item, this.look);
    const kept = ["follows", "current", "chosen"].filter((name) => article.classList.contains(name));
    article.className = [drawn.className, ...kept].join(" ");
    article.replaceChildren(...drawn.children);
    if (item.kind !== "post") article.setAttribute("aria-label", `${item.author}: ${item.text}`.slice(0, 200));
    this.#letTab(article, article.classList.contains("current") ? "0" : "-1");
    if (hadFocus) (action ? article.querySelector(`[data-action="${CSS.escape(action)}"]`) ?? article : article).focus();
  }

  #place(article, at) {
    let before = this.log.lastElementChild;
    while (before && (before === article || before.dataset.at > at)) before = before.previousElementSibling;
    const wanted = before ? before.nextElementSibling : this.log.firstElementChild;
    if (wanted !== article && !(wanted === null && article === this.log.lastElementChild)) this.log.insertBefore(article, wanted);
    this.#join(article);
    this.#join(article.nextElementSibling);
  }

  // Marks a message that stands under the name of the one before, and the first of a day.
  #join(article) {
    if (!article) return;
    const previous = article.previousElementSibling;
    const isSoon = previous && Date.parse(article.dataset.at) - Date.parse(previous.dataset.at) < TOGETHER;
    const isSame = previous && article.dataset.author !== "" && previous.dataset.author === article.dataset.author;
    article.classList.toggle("follows", Boolean(isSame && isSoon));
    const day = new Date(article.dataset.at).toDateString();
    const isNewDay = !previous || new Date(previous.dataset.at).toDateString() !== day;
    article.dataset.day = isNewDay ? dayName(article.dataset.at) : "";
  }

  #tellWhetherEmpty() {
    document.getElementById("empty").hidden = this.#items.size > 0;
  }

  // --- where one reads ---

  #isAtEnd() {
    return this.scroller.scrollHeight - this.scroller.scrollTop - this.scroller.clientHeight < NEAR_THE_END;
  }

  #scrolled() {
    this.#followsEnd = this.#isAtEnd();
    if (this.#followsEnd) this.#clearUnread();
  }

  #countUnread() {
    this.#unread += 1;
    this.pill.textContent = `${say("page.new-messages")} · ${this.#unread}`;
    this.pill.hidden = false;
  }

  #clearUnread() {
    this.#unread = 0;
    this.pill.hidden = true;
  }

  // --- keyboard: one message at a time is in the order of Tab; arrows go from message to message ---

  #makeCurrent(article) {
    if (!article || article.classList.contains("current")) return;
    const old = this.log.querySelector(".current");
    if (old) {
      old.classList.remove("current");
      this.#letTab(old, "-1");
    }
    article.classList.add("current");
    this.#letTab(article, "0");
  }

  #letTab(article, index) {
    article.tabIndex = Number(index);
    for (const each of article.querySelectorAll("a, button")) each.tabIndex = Number(index);
  }

  #move(event) {
    const article = event.target.closest("article");
    const steps = { ArrowUp: article?.previousElementSibling, ArrowDown: article?.nextElementSibling, Home: this.log.firstElementChild, End: this.log.lastElementChild };
    if (!(event.key in steps) || event.target !== article) return;
    event.preventDefault();
    steps[event.key]?.focus();
    steps[event.key]?.scrollIntoView({ block: "nearest" });
  }

  // Lets Tab reach the newest message when none has been visited yet.
  offerCurrent() {
    if (!this.log.querySelector(".current")) this.#makeCurrent(this.log.lastElementChild);
  }
}

// What everybody is sent does not say which reactions are one's own.
function keepMine(known, fresh) {
  const mine = new Set(known.filter((each) => each.mine).map((each) => each.id));
  return fresh.map((each) => ({ ...each, mine: each.mine || mine.has(each.id) }));
}

function dayName(iso) {
  const at = new Date(iso);
  if (at.toDateString() === new Date().toDateString()) return say("page.day-today");
  return at.toLocaleDateString(locale(), { weekday: "long", day: "numeric", month: "long" });
}
