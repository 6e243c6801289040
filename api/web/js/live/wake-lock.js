// Keeps the screen on while somebody practises; the browser drops the lock whenever the page is hidden.

/**
 * Creates a wake lock that is taken again when the page comes back.
 * @returns {{start: () => void, stop: () => void}}
 */
export function createWakeLock() {
  let wanted = false;
  /** @type {WakeLockSentinel | null} */
  let lock = null;

  async function acquire() {
    if (!wanted || document.hidden || lock || !("wakeLock" in navigator)) return;
    try {
      const acquired = await navigator.wakeLock.request("screen");
      lock = acquired;
      acquired.addEventListener("release", () => {
        lock = null;
      });
      if (!wanted) await acquired.release();
    } catch {
      lock = null; // low battery: the screen may go dark, and nothing else happens
    }
  }
  document.addEventListener("visibilitychange", acquire);

  return {
    start() {
      wanted = true;
      acquire();
    },
    stop() {
      wanted = false;
      lock?.release();
    },
  };
}
