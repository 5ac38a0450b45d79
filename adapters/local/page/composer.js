// Where people write: grows with the text, counts when it gets long, and says why it is closed.

import { menu } from "./dialogs.js";
import { icon, make } from "./elements.js";
import { say } from "./words.js";
import { closeButton } from "./dialogs.js";

const COUNT_FROM = 300; // characters left

export class Composer {
  #about = null; // { kind: "reply" | "edit", message }
  #draft = "";
  #limit = 4000;
  #isOpen = false;

  // send(text, replyTo), edit(message, text), press(button, element, extra): what the page does then.
  constructor({ send, edit, press }) {
    Object.assign(this, { send, edit, press });
    this.form = document.getElementById("composer");
    this.text = document.getElementById("text");
    this.button = document.getElementById("send");
    this.more = document.getElementById("compose-menu");
    this.button.append(icon("send"));
    this.more.append(icon("plus"));
    this.form.addEventListener("submit", (event) => this.#submit(event));
    this.text.addEventListener("input", () => this.#grow());
    this.text.addEventListener("keydown", (event) => this.#key(event));
  }

  set limit(limit) {
    this.#limit = limit;
  }

  // Draws itself for how the room looks to this person.
  show(state) {
    this.#isOpen = state.open;
    const reason = state.open ? "" : say(state.muted ? "page.muted" : "page.closed");
    const place = document.getElementById("reason");
    if (place.textContent !== reason) place.textContent = reason;
    place.hidden = !reason;
    this.form.classList.toggle("closed", !state.open);
    this.text.disabled = this.button.disabled = !state.open;
    this.more.hidden = !state.compose.length;
    this.more.onclick = () => menu(this.more, say("page.text-actions"), [{ entries: state.compose.map((wish) => this.#entry(wish)) }]);
  }

  // A wish about the text that stands here; where it asks for the text itself, that is filled in.
  #entry(wish) {
    const text = this.text.value.trim();
    const asks = wish.asks.map((each) => (each.name === "text" ? { ...each, value: text } : each));
    const asksText = asks.some((each) => each.name === "text");
    return {
      label: wish.label,
      run: async () => {
        if (!text && !asksText) return this.text.focus();
        const isDone = await this.press({ ...wish, asks }, this.more, asksText ? {} : { text });
        if (isDone) this.clear();
      },
    };
  }

  reply(message) {
    this.#begin({ kind: "reply", message }, say("page.answering", { name: message.author }));
  }

  change(message) {
    this.#draft = this.text.value;
    this.text.value = message.text;
    this.#begin({ kind: "edit", message }, say("page.editing"));
  }

  // Puts a text back that could not be sent, unless something else is being written.
  restore(text) {
    if (this.text.value) return;
    this.text.value = text;
    this.#grow();
  }

  clear() {
    this.text.value = "";
    this.#grow();
  }

  #begin(about, label) {
    if (!this.#isOpen) return;
    this.#about = about;
    const place = document.getElementById("about");
    place.replaceChildren(make("bdi", { text: label }), closeButton(say(about.kind === "reply" ? "page.reply-cancel" : "page.cancel"), () => this.#end()));
    place.hidden = false;
    this.#grow();
    this.text.focus();
    this.text.setSelectionRange(this.text.value.length, this.text.value.length);
  }

  #end() {
    if (this.#about?.kind === "edit") this.text.value = this.#draft;
    this.#about = null;
    document.getElementById("about").hidden = true;
    this.#grow();
    this.text.focus();
  }

  #key(event) {
    if (event.key === "Escape" && this.#about) return this.#end();
    // On a phone Enter begins a new line, as its keyboard shows; the button sends.
    const sends = event.key === "Enter" && !event.shiftKey && !event.isComposing && matchMedia("(pointer: fine)").matches;
    if (!sends) return;
    event.preventDefault();
    this.form.requestSubmit();
  }

  #submit(event) {
    event.preventDefault();
    const text = this.text.value.trim();
    if (!text || [...text].length > this.#limit || !this.#isOpen) return this.text.focus();
    const about = this.#about;
    if (about?.kind === "edit") {
      this.edit(about.message, text);
    } else {
      this.clear();
      this.send(text, about?.message.id ?? null);
    }
    if (about) this.#end();
    this.text.focus();
  }

  #grow() {
    this.text.style.setProperty("height", "auto");
    this.text.style.setProperty("height", `${this.text.scrollHeight + 2}px`);
    const left = this.#limit - [...this.text.value].length;
    const count = document.getElementById("count");
    count.textContent = left < 0 ? say("page.over", { n: -left }) : left < COUNT_FROM ? say("page.left", { n: left }) : "";
    count.classList.toggle("over", left < 0);
  }
}
