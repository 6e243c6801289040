// The connection to the server: one frame in flight, the newest wins; after a break it goes on where it was.

/** @typedef {import("types/live").LiveUpdate} LiveUpdate */
/** @typedef {"rest" | "next_set" | "finish" | "restart"} Command */

const RETRY_MS = [300, 1000, 2000, 4000, 8000];
const SILENT_MS = 10_000;
/** Problems that reconnecting does not mend. */
const FINAL = new Set(["not_cleared", "no_such_exercise", "signed_out"]);

/**
 * @typedef {object} ConnectionOptions
 * @property {() => object} sessionStart sizes and exercise for the first message
 * @property {(update: LiveUpdate) => void} onUpdate
 * @property {(state: "open" | "away" | "refused" | "lost", code?: string) => void} onState "lost": a session could not be
 *   resumed, and a new one has begun
 */

/** One session over a WebSocket, across reconnections. */
export class Connection {
  /** @type {WebSocket | null} */
  #socket = null;
  #ready = false;
  /** When the frame in flight was sent; 0 for none. */
  #waiting = 0;
  #ticket = "";
  #ended = false;
  /** The final problem's code. */
  #final = "";
  #tries = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #retry;
  /** @type {Command | ""} */
  #unsent = "";
  #watchdog;

  /** @param {ConnectionOptions} options */
  constructor(options) {
    this.options = options;
    this.#watchdog = setInterval(() => {
      if (this.#ready && this.#waiting && performance.now() - this.#waiting > SILENT_MS) this.#socket?.close();
    }, 1000);
  }

  open() {
    clearTimeout(this.#retry);
    if (this.#ended || this.#socket) return;
    const address = new URL("/api/v1/live", location.href);
    address.protocol = address.protocol.replace("http", "ws");
    const socket = new WebSocket(address);
    this.#socket = socket;
    socket.addEventListener("open", () => {
      const begin = { do: "begin", version: 1, ...this.options.sessionStart(), ticket: this.#ticket };
      socket.send(JSON.stringify(begin));
    });
    socket.addEventListener("message", ({ data }) => {
      if (socket === this.#socket) this.#receive(JSON.parse(data));
    });
    socket.addEventListener("close", () => {
      if (socket === this.#socket) this.#onClose();
    });
  }

  end() {
    this.#ended = true;
    clearTimeout(this.#retry);
    clearInterval(this.#watchdog);
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
  }

  /** Whether a frame would be sent now; check before making one. */
  get isFree() {
    return this.#isOpen() && this.#waiting === 0;
  }

  /** Sends a frame unless one is in flight. @param {ArrayBuffer} frame @returns {boolean} whether it was sent */
  sendFrame(frame) {
    if (!this.#isOpen() || this.#waiting) return false;
    this.#waiting = performance.now();
    this.#socket?.send(frame);
    return true;
  }

  /** Sends a command now, or as soon as the connection is back. @param {Command} command */
  sendCommand(command) {
    if (this.#isOpen()) this.#socket?.send(JSON.stringify({ do: command }));
    else this.#unsent = command;
  }

  /** Reconnects, since the picture has another size: the session goes on in it. */
  reconnect() {
    this.#socket?.close();
  }

  /** A socket that is closing sends nothing any more, some time before its close event. */
  #isOpen() {
    return this.#ready && this.#socket?.readyState === WebSocket.OPEN;
  }

  /** @param {LiveUpdate} update */
  #receive(update) {
    if (update.problem) return this.#handleProblem(update.problem.code);
    if (update.began) {
      this.#ready = true;
      this.#tries = 0;
      this.#waiting = 0;
      this.options.onState("open");
      if (this.#unsent) this.#socket?.send(JSON.stringify({ do: this.#unsent }));
      this.#unsent = "";
    }
    if ("seq" in update) this.#waiting = 0;
    if (update.ticket) this.#ticket = update.ticket;
    this.options.onUpdate(update);
  }

  /** @param {string} code */
  #handleProblem(code) {
    if (FINAL.has(code)) this.#final = code;
    else if (code === "ticket_unreadable" && this.#ticket) {
      this.#ticket = "";
      this.options.onState("lost");
      this.#socket?.close();
    } else this.#waiting = 0;
  }

  #onClose() {
    this.#socket = null;
    this.#ready = false;
    this.#waiting = 0;
    if (this.#ended) return;
    if (this.#final) {
      this.end();
      this.options.onState("refused", this.#final);
      return;
    }
    this.options.onState("away");
    // Nobody is there to be coached while the page is hidden.
    if (document.hidden) document.addEventListener("visibilitychange", () => this.open(), { once: true });
    else {
      this.#retry = setTimeout(() => this.open(), RETRY_MS[Math.min(this.#tries, RETRY_MS.length - 1)]);
      this.#tries += 1;
    }
  }
}
