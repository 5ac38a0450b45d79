// Draws one message of a person, or one post of the bot.

import { draw } from "./content.js";
import { hue, icon, initials, linked, make, moment } from "./elements.js";
import { say } from "./words.js";

const EXCERPT = 140;
const KINDS_WITH_CAPTION = new Set([
  "announcement", "reminder", "welcome", "question", "closing", "thanks", "insight", "exchange", "summary",
]);
const QUESTION_NUMBER = /^[A-Z]{1,2}\d{1,2}$/;

// Returns what stands inside the article of a post.
export function drawPost(post, press) {
  const kind = post.content.label.replace(/^post\./, "").split("/")[0];
  const first = post.content.blocks[0];
  const mark = first?.kind === "heading" && QUESTION_NUMBER.test(first.text) ? first.text : null;
  const content = mark ? { ...post.content, blocks: post.content.blocks.slice(1) } : post.content;
  const caption = KINDS_WITH_CAPTION.has(kind) ? say(`page.kind.${kind}`) : "";
  const head = make("header", { className: "post-head" },
    mark ? make("h3", { className: "mark", text: mark }) : null,
    caption ? make("span", { className: "caption", text: caption }) : null,
    moment(post.at));
  return { className: `post kind-${kind.replace(/[^a-z-]/g, "")}`, children: [head, draw(content, press)] };
}

// Returns what stands inside the article of a message. look: { me, reactions, parent(id), act(name, message, element) }.
export function drawMessage(message, look) {
  const isOwn = message.author_id === look.me.id;
  const name = make("bdi", { className: "author", text: message.author });
  const head = make("header", { className: "message-head" },
    name,
    isOwn ? make("span", { className: "tag", text: say("page.you") }) : null,
    message.moderator ? make("span", { className: "tag moderator", text: say("page.moderator") }) : null,
    message.group ? make("span", { className: "tag", text: look.groups.get(message.group) ?? message.group }) : null,
    moment(message.at),
    message.edited ? make("span", { className: "edited", text: say("page.edited") }) : null);
  const children = [
    make("div", { className: `avatar hue-${hue(message.author_id)}`, "aria-hidden": "true", text: initials(message.author) }),
    head,
    message.reply_to ? parent(look.parent(message.reply_to), message.reply_to, look) : null,
    make("p", { className: "text", dir: "auto" }, linked(message.text)),
    message.badges.length ? make("p", { className: "badges" }, ...message.badges.map((text) => make("span", { className: "badge", text }))) : null,
    reactions(message, look),
    message.waiting ? make("p", { className: "sending", text: message.problem || say("page.sending") }) : tools(message, look),
    message.problem ? mend(message, look) : null,
  ];
  const state = message.problem ? " failed" : message.waiting ? " waiting" : "";
  return { className: `message${isOwn ? " own" : ""}${state}`, children: children.filter(Boolean) };
}

function parent(quoted, id, look) {
  if (!quoted) return make("p", { className: "parent", text: say("page.deleted-parent") });
  const [author, text] = quoted.content ? ["", plain(quoted.content)] : [quoted.author, quoted.text];
  const signs = [...text];
  const excerpt = signs.length > EXCERPT ? `${signs.slice(0, EXCERPT).join("")}…` : text;
  return make("button", { type: "button", className: "parent", tabindex: "-1", on: { click: () => look.act("find", { id }) } },
    author ? make("bdi", { className: "author", text: author }) : null,
    make("bdi", { text: excerpt }));
}

function plain(content) {
  const said = content.blocks.map((block) => block.text ?? block.runs?.map((run) => run.text).join("") ?? "");
  return said.filter(Boolean).join(" ");
}

function reactions(message, look) {
  if (!message.reactions.length) return null;
  return make("div", { className: "reactions" }, ...message.reactions.filter((each) => each.count > 0).map((each) => {
    const label = look.reactions.get(each.id) ?? each.id;
    return make("button", {
      type: "button", className: "chip", tabindex: "-1", title: label, data: { action: `react-${each.id}` },
      "aria-pressed": String(each.mine), "aria-label": `${label}: ${each.count}`,
      on: { click: () => look.act("react", message, each.id) },
    }, make("span", { text: [...label.split(" ")][0] }), make("span", { className: "number", text: String(each.count) }));
  }));
}

function tools(message, look) {
  const tool = (name, label, only = "") => make("button", {
    type: "button", className: `icon ${only}`, tabindex: "-1", "aria-label": label, title: label, data: { action: name },
    "aria-haspopup": name === "reply" ? null : "dialog",
    on: { click: (event) => look.act(name, message, event.currentTarget) },
  }, icon(name));
  return make("div", { className: "tools" },
    look.canWrite ? tool("reply", say("page.reply"), "only-fine") : null,
    look.reactions.size ? tool("react", say("page.react"), "only-fine") : null,
    tool("more", say("page.message-menu", { name: message.author })));
}

function mend(message, look) {
  return make("div", { className: "buttons" },
    make("button", { type: "button", className: "button plain", text: say("page.retry"), on: { click: () => look.act("retry", message) } }),
    make("button", { type: "button", className: "button plain", text: say("page.delete"), on: { click: () => look.act("discard", message) } }));
}
