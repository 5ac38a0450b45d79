// The page of the room: joins the line to the server with what people see and press.

import { draw, serverNow, setServerTime } from "./content.js";
import { Composer } from "./composer.js";
import { ask, confirm, menu } from "./dialogs.js";
import { icon, make } from "./elements.js";
import { Feed } from "./feed.js";
import { Notices, Panel, Selection } from "./panel.js";
import { Wire, newNonce } from "./wire.js";
import { learn, say } from "./words.js";

const room = document.body.dataset.room;
const banner = document.getElementById("banner");
const earlier = document.getElementById("earlier");
let state = null;

// How messages are drawn; filled in by the welcome.
const look = { me: {}, reactions: new Map(), groups: new Map(), canWrite: false, act };
const feed = new Feed(look, press);
const panel = new Panel(press);
const wire = new Wire(room, heard, lineChanged);
const notices = new Notices(press, (key) => wire.ask({ type: "dismiss", key }));
const composer = new Composer({ send: say_, edit: change, press });
const selection = new Selection(feed, async (wish, element, extra) => (await press(wish, element, extra)) && selection.end());

// --- what comes in ---

const HEARD = {
  welcome,
  message: ({ message }) => feed.add(message),
  edited: ({ message }) => feed.change(message.id, message),
  deleted: ({ id }) => feed.remove(id),
  reactions,
  post: ({ post }) => feed.add(post),
  "post-edited": ({ post }) => feed.change(post.id, { content: post.content }),
  "post-deleted": ({ id }) => feed.remove(id),
  state: (message) => show(message.state),
  card: ({ content }) => show({ ...state, card: content }),
  header: ({ content }) => show({ ...state, header: content }),
  presence,
  notice: (message) => notices.show(message),
  reply: ({ text }) => notices.show({ key: "trouble", text, refused: true }),
  trouble: ({ text }) => notices.show({ key: "trouble", text, refused: true }),
  settled: () => notices.drop("trouble"),
};

function heard(message) {
  HEARD[message.type]?.(message);
  feed.offerCurrent();
}

function welcome(message) {
  learn(message.words);
  setServerTime(message.now);
  Object.assign(feed.look, { me: message.me });
  composer.limit = message.limit;
  show(message.state);
  feed.welcome(message.history);
  earlier.hidden = !message.more;
  notices.welcome(message.notices);
  showPeople(message.people);
  showMe();
}

function presence({ count, now }) {
  setServerTime(now);
  showPeople(count);
}

function reactions({ id, reactions, by, reaction, present }) {
  const known = feed.get(id);
  if (!known) return;
  const mine = new Set(known.reactions.filter((each) => each.mine).map((each) => each.id));
  if (by === feed.look.me.id) mine[present ? "add" : "delete"](reaction);
  // Emptied first: the feed would keep what was one's own before.
  known.reactions = [];
  feed.change(id, { reactions: reactions.map((each) => ({ ...each, mine: mine.has(each.id) })) });
}

function show(fresh) {
  const redraw = JSON.stringify(looks(state)) !== JSON.stringify(looks(fresh));
  state = fresh;
  document.documentElement.lang = state.language;
  document.title = `${state.hashtag} ${state.title}`;
  document.getElementById("title").textContent = state.title;
  document.getElementById("hashtag").textContent = state.hashtag;
  feed.look.reactions = new Map(state.reactions);
  feed.look.groups = new Map(state.groups);
  feed.look.canWrite = state.open;
  if (redraw) feed.redrawAll();
  showStanding(state.header);
  panel.show(state.card);
  composer.show(state);
}

// What every message's drawing depends on.
function looks(from) {
  return from && [from.reactions, from.groups, from.open];
}

function showStanding(content) {
  const place = document.getElementById("standing");
  place.hidden = !content;
  const text = JSON.stringify(content);
  if (!content || place.dataset.shown === text) return;
  place.dataset.shown = text;
  place.replaceChildren(draw(content, press));
}

function showPeople(count) {
  document.getElementById("people").textContent = say("page.people", { n: count });
}

function showMe() {
  const button = document.getElementById("you");
  const { name } = feed.look.me;
  button.replaceChildren(icon("person"), make("bdi", { text: name }));
  button.setAttribute("aria-label", `${say("page.you-menu")}: ${name}`);
  button.hidden = false;
  button.onclick = () => menu(button, say("page.you-menu"), [{
    title: say("page.your-account", { name }),
    entries: [
      ...state.mine.map((wish) => wishEntry(wish, {}, button)),
      { label: say("page.name-change"), run: () => location.assign(`/room/${room}?door`) },
    ],
  }]);
}

function lineChanged(to) {
  const text = { open: "", broken: say("page.reconnecting") || banner.textContent, full: say("page.full") || banner.textContent }[to];
  if (banner.textContent !== text) banner.textContent = text;
  banner.hidden = !text;
}

// --- what people do ---

async function say_(text, replyTo, nonce = newNonce()) {
  const { me } = feed.look;
  const id = `${me.id}.${nonce}`;
  const at = new Date(serverNow()).toISOString().replace("Z", "+00:00");
  feed.add({
    kind: "message", id, at, author: me.name, author_id: me.id, group: me.group, text, reply_to: replyTo,
    edited: false, moderator: state.moderating, reactions: [], badges: [], waiting: true,
  });
  const answer = await wire.ask({ type: "say", text, reply_to: replyTo }, nonce);
  if (answer.refused) return feed.change(id, { problem: answer.text });
  feed.change(id, { waiting: false });
  tell(answer);
}

async function change(message, text) {
  const answer = await wire.ask({ type: "edit", id: message.id, text });
  if (answer.refused) composer.restore(text);
  tell(answer);
}

// Shows what only the one who did it is told; returns whether it happened.
function tell(answer) {
  if (answer.text || answer.content) notices.show({ key: "answer", ...answer });
  return !answer.refused;
}

// Carries out a button: asks and confirms first, then sends the command with the stage its maker saw.
async function press(wish, element, extra = {}) {
  if (element?.getAttribute("aria-disabled") === "true") return false;
  const given = await askedFor(wish);
  if (given === null) return false;
  element?.setAttribute("aria-disabled", "true");
  const answer = await wire.ask({
    type: "command", command: wish.command, arguments: { ...Object.fromEntries(wish.arguments), ...given, ...extra }, expects: wish.expects,
  });
  element?.removeAttribute("aria-disabled");
  return tell(answer);
}

async function askedFor(wish) {
  const isDanger = wish.style === "danger";
  if (wish.asks.length) {
    const values = await ask(wish.confirm ?? wish.label, wish.asks, wish.label, isDanger);
    return values && Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ""));
  }
  const question = wish.confirm ?? (isDanger ? `${wish.label}?` : null);
  return question && !(await confirm(question, wish.label, isDanger)) ? null : {};
}

function wishEntry(wish, extra, anchor) {
  return { label: wish.label, danger: wish.style === "danger", run: () => press(wish, anchor, extra) };
}

// --- what is done with a message ---

function act(name, message, detail) {
  const doing = {
    reply: () => composer.reply(message),
    react: () => (typeof detail === "string" ? react(message.id, detail) : menu(detail, say("page.react"), [palette(message)])),
    more: () => menu(detail, say("page.message-menu", { name: message.author }), messageMenu(message, detail)),
    find: () => feed.find(message.id),
    retry: () => {
      feed.remove(message.id);
      say_(message.text, message.reply_to);
    },
    discard: () => {
      feed.remove(message.id);
      composer.restore(message.text);
    },
  };
  doing[name]();
}

function palette(message) {
  return {
    row: true,
    title: say("page.react"),
    entries: state.reactions.map(([id, label]) => ({
      label: say("page.add-reaction", { label }),
      text: label.split(" ")[0],
      pressed: Boolean(message.reactions.find((each) => each.id === id)?.mine),
      run: () => react(message.id, id),
    })),
  };
}

function messageMenu(message, anchor) {
  const isOwn = message.author_id === feed.look.me.id;
  const entries = state.open ? [{ label: say("page.reply"), run: () => composer.reply(message) }] : [];
  if (isOwn && state.open) entries.push({ label: say("page.edit"), run: () => composer.change(feed.get(message.id)) });
  if (isOwn) entries.push({ label: say("page.delete"), danger: true, run: () => remove(message) });
  const wishes = state.menu.map((wish) => {
    const isForSeveral = wish.arguments.some(([name, value]) => name === "messages" && !value);
    if (!isForSeveral) return wishEntry(wish, { message: message.id }, anchor);
    return { label: wish.label, run: () => selection.begin(wish, message.id) };
  });
  return [palette(message), { entries }, { title: state.moderating ? say("page.moderator-menu") : "", entries: wishes }];
}

async function react(id, reaction) {
  const isMine = feed.get(id)?.reactions.find((each) => each.id === reaction)?.mine;
  tell(await wire.ask({ type: "react", id, reaction, present: !isMine }));
}

async function remove(message) {
  if (await confirm(say("page.delete-confirm"), say("page.delete"), true)) tell(await wire.ask({ type: "delete", id: message.id }));
}

earlier.addEventListener("click", async () => {
  earlier.disabled = true;
  const answer = await wire.ask({ type: "earlier", before: feed.oldest });
  earlier.disabled = false;
  if (!answer.items) return;
  earlier.hidden = !answer.more;
  feed.earlier(answer.items);
});

wire.open();
