// The signed links of a recording's files, asked for again before and when they expire.
import { ask } from "hinge/http.js";

/** Asked for so long before they end, milliseconds. */
const BEFORE_MS = 60_000;

/**
 * @param {string} recording its id
 * @param {string} [analysis] its id; the newest without it
 * @returns {Promise<{expires: number, of: Record<string, string>}>} when they end (epoch milliseconds) and links by name:
 *   original, playable, poster, annotated, chart, chapters, angles, angles_csv, reps_csv, where there are any
 */
export async function links(recording, analysis) {
  const { data } = await ask(`/recordings/${recording}/links${analysis ? `?analysis=${analysis}` : ""}`);
  return {
    expires: Date.parse(data.expires_at),
    of: Object.fromEntries(data.links.map(({ name, href }) => [name, href])),
  };
}

/**
 * Keep a video playable however long its page stays open: when its link has ended, a new one takes its place where it was.
 * @param {import("./player.js").Player} player
 * @param {string} recording
 * @param {{name?: string, expires: number, analysis?: string, renewed?: (links: Record<string, string>) => void}} options
 *   `expires` of the link that stands in the page (epoch milliseconds); `renewed` is told all fresh links
 */
export function keepPlayable(player, recording, { name = "annotated", expires, analysis, renewed }) {
  const { video } = player;
  let ends = expires;
  let asking = null;
  const renew = () => {
    asking ??= links(recording, analysis)
      .then(async (fresh) => {
        ends = fresh.expires;
        renewed?.(fresh.of);
        if (fresh.of[name]) await player.renew(fresh.of[name]);
      })
      .finally(() => {
        asking = null;
      });
    return asking;
  };
  const soon = () => Date.now() > ends - BEFORE_MS;
  // An error within the link's life is the connection's: asking again would not help.
  video.addEventListener("error", () => soon() && renew().catch(() => {}), true);
  video.addEventListener("play", () => soon() && renew().catch(() => {}));
  return { renew };
}
