// The signed links of a recording's files, renewed before and when they expire.
import { request } from "hinge/http.js";

/** Links are renewed this long before they expire, milliseconds. */
const BEFORE_MS = 60_000;

/**
 * Fetches the links.
 * @param {string} recording its id
 * @param {string} [analysis] its id; the newest without it
 * @returns {Promise<{expires: number, byName: Record<string, string>}>} when they expire (epoch milliseconds) and links
 *   by name: original, playable, poster, annotated, chart, chapters, angles, angles_csv, reps_csv, as far as there are any
 */
export async function fetchLinks(recording, analysis) {
  const { data } = await request(`/recordings/${recording}/links${analysis ? `?analysis=${analysis}` : ""}`);
  /** @type {{name: string, href: string}[]} */
  const links = data.links;
  return {
    expires: Date.parse(data.expires_at),
    byName: Object.fromEntries(links.map(({ name, href }) => [name, href])),
  };
}

/**
 * Keeps a video playable however long its page stays open: an expired link is replaced, and the video goes on where it was.
 * @param {import("./player.js").Player} player
 * @param {string} recording
 * @param {{name?: string, expires: number, analysis?: string, onRenewed?: (links: Record<string, string>) => void}} options
 *   `expires` of the link in the page (epoch milliseconds); `onRenewed` gets all fresh links
 */
export function keepPlayable(player, recording, { name = "annotated", expires, analysis, onRenewed }) {
  const { video } = player;
  let expiresAt = expires;
  /** @type {Promise<void> | null} */
  let renewing = null;
  const renew = () => {
    renewing ??= fetchLinks(recording, analysis)
      .then(async (fresh) => {
        expiresAt = fresh.expires;
        onRenewed?.(fresh.byName);
        if (fresh.byName[name]) await player.renew(fresh.byName[name]);
      })
      .finally(() => {
        renewing = null;
      });
    return renewing;
  };
  const renewIfExpiring = () => {
    if (Date.now() > expiresAt - BEFORE_MS) renew().catch(() => {});
  };
  // An error while the link is valid comes from the connection: a new link would not help.
  video.addEventListener("error", renewIfExpiring, true);
  video.addEventListener("play", renewIfExpiring);
  return { renew };
}
