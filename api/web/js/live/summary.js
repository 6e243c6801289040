// The end of a session: how many, the best and the hardest with their moment, what to keep and what to change.
import { figure } from "hinge/live/stick-figure.js";

/** Beyond this the back changed from one repetition to the next by more than chance does. */
const DRIFT_DEG = 1.5;

/**
 * @param {HTMLElement} root
 * @param {(key: string, figures?: object) => string} t
 * @param {{summary: object, saved: string | null, why: string}} finished
 * @param {Map<number, object>} reps repetitions by their number, as far as this page saw them
 * @param {boolean} wished whether it was to be filmed too
 */
export function summary(root, t, { summary: told, saved, why }, reps, wished) {
  const part = (name) => root.querySelector(`[data-${name}]`);
  const text = (name, words) => {
    part(name).textContent = words;
    part(name).hidden = !words;
  };
  text("summary-count", t("live-summary-count", { reps: told.reps, sets: told.sets }));
  text("summary-by-set", told.sets > 1 ? told.reps_by_set.map((count, k) => t("live-summary-set", { set: k + 1, reps: count })).join(" · ") : "");
  text("summary-keep", told.reps && told.praise ? t(`keep-${told.praise.code}`) : "");
  text("summary-change", told.change ? t(`fault-${told.change.code}-change`) : "");
  part("summary-keep-card").hidden = part("summary-keep").hidden;
  part("summary-change-card").hidden = part("summary-change").hidden;
  const trend = told.trend_deg_per_rep;
  text("summary-trend", !told.reps ? t("live-summary-none") : trend === null ? t("live-trend-unknown") : t(`live-trend-${trend >= DRIFT_DEG ? "more" : trend <= -DRIFT_DEG ? "less" : "same"}`));

  const moments = part("moments");
  moments.replaceChildren();
  for (const [kind, moment] of [["best", told.best], ["worst", told.worst]]) {
    if (!moment || (kind === "worst" && moment.total === told.best?.total)) continue;
    moments.append(card(kind, moment, reps.get(moment.total)));
  }
  text("saved", t(`live-saved-${why === "kept" && wished ? "filmed" : why}`));
  part("discard").hidden = !saved;
  part("discard").dataset.session = saved ?? "";

  function card(kind, moment, rep) {
    const made = document.createElement("section");
    made.className = "card moment";
    const title = document.createElement("h2");
    title.textContent = t(`live-moment-${kind}`);
    const where = document.createElement("p");
    where.className = "small";
    where.textContent = t("live-moment-where", { rep: moment.rep, set: moment.set });
    made.append(title, where);
    if (moment.figure) made.append(figure(moment.figure, t(`live-moment-${kind}-drawing`)));
    const list = document.createElement("dl");
    list.className = "moment-figures";
    const angle = (deg, se) =>
      deg === null || deg === undefined || !se ? t("shell-cannot-tell") : t("live-degrees", { value: Math.round(deg) || 0, error: Math.round(1.96 * se) });
    for (const [name, value] of [
      ["hip", angle(rep?.hip_deg, rep?.hip_se_deg)],
      ["back", angle(moment.lumbar_deg, moment.lumbar_se_deg)],
    ]) {
      const term = document.createElement("dt");
      term.className = name;
      term.textContent = t(`live-${name}`);
      const told = document.createElement("dd");
      told.textContent = value;
      list.append(term, told);
    }
    made.append(list);
    return made;
  }
}
