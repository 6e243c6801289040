// The line to the server: one frame in flight, the newest wins; after a break it goes on where it was.

const AGAIN_MS = [300, 1000, 2000, 4000, 8000];
const SILENT_MS = 10_000;
/** What coming again does not mend. */
const FINAL = new Set(["not_cleared", "no_such_exercise", "signed_out"]);

/**
 * @param {object} options
 * @param {() => object} options.begin what is begun: sizes and exercise
 * @param {(answer: object) => void} options.told every answer
 * @param {(state: "open" | "away" | "refused" | "lost", code?: string) => void} options.stands how the line is;
 *   "lost": a session could not be taken up again, and a new one has begun
 */
export function link({ begin, told, stands }) {
  let socket = null;
  let ready = false;
  let waiting = 0;
  let ticket = "";
  let ended = false;
  let final = "";
  let tries = 0;
  let later = 0;
  let unsaid = "";

  const watch = setInterval(() => {
    if (ready && waiting && performance.now() - waiting > SILENT_MS) socket.close();
  }, 1000);

  function open() {
    clearTimeout(later);
    if (ended || socket) return;
    const address = new URL("/api/v1/live", location.href);
    address.protocol = address.protocol.replace("http", "ws");
    const mine = new WebSocket(address);
    socket = mine;
    mine.addEventListener("open", () => mine.send(JSON.stringify({ do: "begin", version: 1, ...begin(), ticket })));
    mine.addEventListener("message", ({ data }) => {
      if (mine === socket) heard(JSON.parse(data));
    });
    mine.addEventListener("close", () => {
      if (mine === socket) closed();
    });
  }

  function heard(answer) {
    if (answer.problem) return wrong(answer.problem.code);
    if (answer.began) {
      ready = true;
      tries = 0;
      waiting = 0;
      stands("open");
      if (unsaid) socket.send(JSON.stringify({ do: unsaid }));
      unsaid = "";
    }
    if ("seq" in answer) waiting = 0;
    if (answer.ticket) ticket = answer.ticket;
    told(answer);
  }

  function wrong(code) {
    if (FINAL.has(code)) final = code;
    else if (code === "ticket_unreadable" && ticket) {
      ticket = "";
      stands("lost");
      socket.close();
    } else waiting = 0;
  }

  function closed() {
    socket = null;
    ready = false;
    waiting = 0;
    if (ended) return;
    if (final) {
      end();
      stands("refused", final);
      return;
    }
    stands("away");
    // Nobody is there to be coached while the page is hidden.
    if (document.hidden) document.addEventListener("visibilitychange", open, { once: true });
    else later = setTimeout(open, AGAIN_MS[Math.min(tries++, AGAIN_MS.length - 1)]);
  }

  function end() {
    ended = true;
    clearTimeout(later);
    clearInterval(watch);
    const mine = socket;
    socket = null;
    mine?.close();
  }

  /** A line that is about to close takes nothing any more, some time before it is told closed. */
  const goes = () => ready && socket.readyState === WebSocket.OPEN;

  return {
    open,
    end,
    /** Whether a frame would go now; ask before making one. */
    free: () => goes() && waiting === 0,
    /** @param {ArrayBuffer} frame */
    send(frame) {
      if (!goes() || waiting) return false;
      waiting = performance.now();
      socket.send(frame);
      return true;
    },
    /** Said now, or as soon as the line is back. @param {"rest" | "next_set" | "finish" | "restart"} what */
    press(what) {
      if (goes()) socket.send(JSON.stringify({ do: what }));
      else unsaid = what;
    },
    /** The picture has another size: the session goes on in it. */
    renew() {
      socket?.close();
    },
  };
}
