// Goes on with what is not all sent yet, on any page that has a place for it (record/pending.html).
import { CARRIED, sendCheckin } from "hinge/checkin.js";
import { send } from "hinge/upload/upload.js";
import { forget, pending } from "hinge/upload/store.js";
import { uploadView } from "hinge/upload/status-view.js";
import { words } from "hinge/translations.js";

const place = document.querySelector("[data-pending]");

async function goOn() {
  const entries = await pending(place.dataset.owner);
  if (!entries.length) return;
  const t = await words("record", "shell");
  const when = new Intl.DateTimeFormat(document.documentElement.lang, { weekday: "long", hour: "numeric", minute: "2-digit" });
  for (const entry of entries) {
    if (entry.recording) await finish(entry);
    else show(entry, t, when.format(entry.begun));
  }
}

/** It has arrived; what was said of it may not have. */
async function finish(entry) {
  // Kept for the next visit where it does not get through now.
  if (!entry.checkin || entry.said || (await sendCheckin(entry.recording, entry.checkin))) await forget(entry.id);
}

function show(entry, t, when) {
  const card = document.createElement("section");
  card.className = "card pending";
  const title = document.createElement("h2");
  title.textContent = t("record-upload-pending", { when });
  const body = document.createElement("div");
  const actions = document.createElement("p");
  actions.className = "actions";
  const link = document.createElement("a");
  link.className = "button";
  link.hidden = true;
  const drop = document.createElement("button");
  drop.type = "button";
  drop.className = "bare";
  drop.textContent = t("record-upload-give-up");
  actions.append(link, drop);
  card.append(title, body, actions);
  place.append(card);

  const upload = send(entry, {
    tus: place.dataset.tus,
    tell(told) {
      view.show(told);
      drop.hidden = ["done", "refused", "gone"].includes(told.kind);
      if (told.kind === "done") {
        title.textContent = t("record-upload-pending-done", { when });
        link.textContent = t("record-upload-look");
        link.href = `/recordings/${told.recording}`;
        link.hidden = false;
        finish(entry);
      } else if (told.kind === "refused") {
        if (entry.checkin) sessionStorage.setItem(CARRIED, JSON.stringify(entry.checkin));
        title.textContent = t("record-upload-pending-refused", { when });
        link.textContent = t("record-upload-how");
        link.href = `/record/refused?${new URLSearchParams({ code: told.problem.code, plan: entry.plan })}`;
        link.hidden = false;
      } else if (told.kind === "gone") card.remove();
    },
  });
  const view = uploadView(body, t, { now: () => upload.now() });
  view.keeps(true);
  drop.addEventListener("click", async () => {
    await upload.stop();
    card.remove();
  });
}

if (place) goOn();
