// Keeps the screen on while somebody practises; the browser lets go of it whenever the page is hidden.

export function awake() {
  let wanted = false;
  let lock = null;

  async function hold() {
    if (!wanted || document.hidden || lock || !("wakeLock" in navigator)) return;
    try {
      lock = await navigator.wakeLock.request("screen");
      lock.addEventListener("release", () => (lock = null));
      if (!wanted) await lock.release();
    } catch {
      lock = null; // a low battery: the screen may go dark, and nothing else happens
    }
  }
  document.addEventListener("visibilitychange", hold);

  return {
    start() {
      wanted = true;
      hold();
    },
    stop() {
      wanted = false;
      lock?.release();
    },
  };
}
