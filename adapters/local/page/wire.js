// The line to the room: comes back by itself, and sends again what was not acknowledged, under the same nonce.

const HERE_EVERY = 20_000;
const ANSWER_WITHIN = 10_000;
const LONGEST_PAUSE = 8_000;
// Close codes of ours: come in through the door again; too many pages are open.
const NO_SESSION = 4401;
const TOO_MANY = 4429;

export class Wire {
  #socket = null;
  #tries = 0;
  #waiting = new Map(); // nonce → { wish, resolve, isLate }
  #isWelcome = false;
  #heardAt = 0;

  // heard(message) gets everything but answers; changed("open" | "broken" | "full") the state of the line.
  constructor(room, heard, changed) {
    this.url = `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws/${room}`;
    this.heard = heard;
    this.changed = changed;
    setInterval(() => this.#check(), HERE_EVERY);
    addEventListener("online", () => this.#check());
    document.addEventListener("visibilitychange", () => document.hidden || this.#check());
  }

  open() {
    const socket = (this.#socket = new WebSocket(this.url));
    socket.addEventListener("message", (event) => {
      this.#heardAt = Date.now();
      this.#take(JSON.parse(event.data));
    });
    socket.addEventListener("close", (event) => this.#socket === socket && this.#broken(event.code));
  }

  // Promises the answer to a wish; the promise outlives broken lines.
  ask(wish, nonce = newNonce()) {
    return new Promise((resolve) => {
      this.#waiting.set(nonce, { wish: { nonce, ...wish }, resolve });
      this.#send(nonce);
    });
  }

  #send(nonce) {
    const kept = this.#waiting.get(nonce);
    if (kept && this.#isWelcome && this.#socket.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(kept.wish));
  }

  #take(message) {
    if (message.type === "welcome") {
      this.#isWelcome = true;
      this.#tries = 0;
      this.heard(message);
      this.changed("open");
      for (const nonce of [...this.#waiting.keys()]) this.#send(nonce);
      return;
    }
    const kept = message.nonce && this.#waiting.get(message.nonce);
    // Not stored, or too much at once: it stays here and is tried again.
    if (kept && message.retry) {
      kept.isLate = true;
      setTimeout(() => this.#send(message.nonce), message.retry * 1000 + 50);
    }
    if (kept && !message.retry) {
      this.#waiting.delete(message.nonce);
      kept.resolve(message);
      if (kept.isLate) this.heard({ type: "settled" });
    } else if (!["reply", "earlier"].includes(message.type) || message.retry) {
      this.heard(message);
    }
  }

  #broken(code) {
    this.#isWelcome = false;
    this.#socket = null;
    if (code === NO_SESSION) return location.reload();
    this.changed(code === TOO_MANY ? "full" : "broken");
    const pause = code === TOO_MANY ? 30_000 : Math.min(LONGEST_PAUSE, 250 * 2 ** this.#tries++);
    // Spread out, so that a restarted room does not hear everybody in the same instant.
    setTimeout(() => this.open(), pause * (0.5 + Math.random() / 2));
  }

  // A phone that slept or changed its network keeps a socket that looks open: ask, and hang up when nobody answers.
  #check() {
    if (!this.#isWelcome || this.#socket?.readyState !== WebSocket.OPEN) return;
    const [socket, asked] = [this.#socket, Date.now()];
    socket.send(JSON.stringify({ type: "here", nonce: newNonce() }));
    setTimeout(() => {
      if (this.#socket !== socket || this.#heardAt >= asked) return;
      socket.close();
      this.#broken(1006);
    }, ANSWER_WITHIN);
  }
}

export function newNonce() {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
