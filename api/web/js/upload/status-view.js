// How an upload stands, in words and as a bar, for eyes and ears alike.

const MB = 1e6;
const QUIET = new Set(["sending", "retrying"]);

/** Megabytes with one decimal. */
export const megabytes = (bytes) => Math.round((10 * bytes) / MB) / 10;

/**
 * @param {HTMLElement} place is filled
 * @param {(key: string, figures?: object) => string} t
 * @param {{now: () => void}} act
 * @returns {{show: (told: import("hinge/upload/upload.js").Told) => void, keeps: (is: boolean) => void}}
 */
export function uploadView(place, t, act) {
  const words = element("p", "upload-words");
  const bar = element("progress");
  bar.max = 100;
  bar.setAttribute("aria-label", t("record-upload-progress"));
  const heard = element("p", "unseen");
  heard.setAttribute("aria-live", "polite");
  const stays = element("p", "small");
  const now = element("button", "quiet small");
  now.type = "button";
  now.textContent = t("record-upload-now");
  now.hidden = true;
  now.addEventListener("click", () => act.now());
  place.replaceChildren(words, bar, heard, now, stays);

  let quarter = -1;
  let kind = "";
  return {
    keeps: (is) => (stays.textContent = t(is ? "record-upload-keeps" : "record-upload-stay")),
    show(told) {
      const share = told.total ? told.sent / told.total : 0;
      const percent = Math.floor(100 * share);
      const figures = { sent: megabytes(told.sent), total: megabytes(told.total), percent, seconds: told.seconds ?? 0 };
      const key = {
        starting: "record-upload-starting",
        sending: "record-upload-of",
        checking: "record-upload-checking",
        waiting: "record-upload-waiting",
        retrying: "record-upload-retrying",
        elsewhere: "record-upload-elsewhere",
        "signed-out": "record-upload-signed-out",
        full: "record-upload-full",
        done: told.same ? "record-upload-same" : "record-upload-done",
        problem: "record-upload-not-now",
        refused: "record-upload-not-now",
        gone: "record-upload-given-up",
      }[told.kind];
      words.textContent = t(key, figures);
      if (told.kind === "problem" && told.problem?.detail) words.textContent += ` ${told.problem.detail} ${told.problem.advice}`;
      bar.value = told.kind === "done" ? 100 : percent;
      bar.hidden = ["elsewhere", "gone", "problem", "refused", "signed-out"].includes(told.kind);
      now.hidden = told.kind !== "retrying" && told.kind !== "waiting";
      stays.hidden = ["done", "refused", "gone", "checking"].includes(told.kind);
      // Heard at every quarter and at every turn, not at every percent.
      const step = Math.floor(percent / 25);
      if (told.kind !== kind || (told.kind === "sending" && step !== quarter)) {
        if (!(QUIET.has(told.kind) && told.kind === kind) || step !== quarter) heard.textContent = words.textContent;
      }
      [quarter, kind] = [step, told.kind];
      place.dataset.kind = told.kind;
    },
  };
}

function element(name, classes = "") {
  const made = document.createElement(name);
  made.className = classes;
  return made;
}
