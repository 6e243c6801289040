// The end of a session: how many, the best and the hardest repetition with their moment, what to keep and to change.
import { createElement, find } from "hinge/dom.js";
import { createAngleText } from "hinge/live/angle-text.js";
import { drawStickFigure } from "hinge/live/stick-figure.js";

/**
 * @typedef {import("types/live").RepMoment} RepMoment
 * @typedef {import("types/live").LiveRep} LiveRep
 * @typedef {import("types/live").LiveSummary} LiveSummary
 * @typedef {import("hinge/translations.js").Translate} Translate
 */

/** Beyond this the back changed from one repetition to the next by more than chance. */
const DRIFT_DEG = 1.5;

/**
 * Shows the summary.
 * @param {HTMLElement} root
 * @param {Translate} t
 * @param {import("types/live").Finished} finished
 * @param {Map<number, LiveRep>} reps by number, as far as this page saw them
 * @param {boolean} filmWanted
 */
export function showSummary(root, t, { summary, saved, why }, reps, filmWanted) {
  const part = (/** @type {string} */ name) => find(root, `[data-${name}]`);
  const setText = (/** @type {string} */ name, /** @type {string} */ text) => {
    part(name).textContent = text;
    part(name).hidden = !text;
  };
  setText("summary-count", t("live-summary-count", { reps: summary.reps, sets: summary.sets }));
  const bySet = summary.reps_by_set.map((count, k) => t("live-summary-set", { set: k + 1, reps: count }));
  setText("summary-by-set", summary.sets > 1 ? bySet.join(" · ") : "");
  setText("summary-keep", summary.reps && summary.praise ? t(`keep-${summary.praise.code}`) : "");
  setText("summary-change", summary.change ? t(`fault-${summary.change.code}-change`) : "");
  part("summary-keep-card").hidden = part("summary-keep").hidden;
  part("summary-change-card").hidden = part("summary-change").hidden;
  setText("summary-trend", t(trendKey(summary)));

  const { best, worst } = summary;
  const cards = [];
  if (best) cards.push(createMomentCard("best", best, reps.get(best.total), t));
  if (worst && worst.total !== best?.total) cards.push(createMomentCard("worst", worst, reps.get(worst.total), t));
  part("moments").replaceChildren(...cards);
  setText("saved", t(`live-saved-${why === "kept" && filmWanted ? "filmed" : why}`));
  part("discard").hidden = !saved;
  part("discard").dataset.session = saved ?? "";
}

/** @param {LiveSummary} summary */
function trendKey({ reps, trend_deg_per_rep: trend }) {
  if (!reps) return "live-summary-none";
  if (trend === null) return "live-trend-unknown";
  return `live-trend-${trend >= DRIFT_DEG ? "more" : trend <= -DRIFT_DEG ? "less" : "same"}`;
}

/** @param {"best" | "worst"} kind @param {RepMoment} moment @param {LiveRep | undefined} rep @param {Translate} t */
function createMomentCard(kind, moment, rep, t) {
  const angleText = createAngleText(t);
  const card = createElement("section", { class: "card moment" });
  card.append(
    createElement("h2", {}, t(`live-moment-${kind}`)),
    createElement("p", { class: "small" }, t("live-moment-where", { rep: moment.rep, set: moment.set })),
  );
  if (moment.figure) card.append(drawStickFigure(moment.figure, t(`live-moment-${kind}-drawing`)));
  const list = createElement("dl", { class: "moment-figures" });
  // Without an error there is no angle to state; an error of exactly zero is none.
  const angles = {
    hip: angleText(rep?.hip_deg, rep?.hip_se_deg || null),
    back: angleText(moment.lumbar_deg, moment.lumbar_se_deg || null),
  };
  for (const [name, text] of Object.entries(angles)) {
    list.append(createElement("dt", { class: name }, t(`live-${name}`)), createElement("dd", {}, text));
  }
  card.append(list);
  return card;
}
