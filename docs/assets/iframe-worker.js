// Search in pages opened from disk: browsers start no worker from file:, so a hidden frame runs its script.
// The theme's own shim for this comes from a CDN (mkdocs.yml, `polyfills`).
if (location.protocol === "file:") {
  window.Worker = class extends EventTarget {
    constructor(address) {
      super();
      const frame = document.createElement("iframe");
      frame.hidden = true;
      document.body.append(frame);
      this.inside = frame.contentWindow;
      addEventListener("message", ({ source, data }) => {
        if (source !== this.inside) return;
        const event = new MessageEvent("message", { data });
        this.dispatchEvent(event);
        this.onmessage?.(event);
      });
      // What a worker's script expects around it. Its scripts are loaded in turn, as importScripts would.
      const page = this.inside.document;
      page.open();
      page.write(`<!doctype html><script>
        postMessage = (data) => parent.postMessage(data, "*");
        importScripts = (...addresses) => addresses.reduce((before, address) => before.then(() => new Promise((done, failed) => {
          const script = document.createElement("script");
          Object.assign(script, { src: address, onload: done, onerror: failed });
          document.body.append(script);
        })), Promise.resolve());
      <\/script><body><script src="${new URL(address, location)}"><\/script>`);
      page.close();
      this.ready = new Promise((done) => frame.addEventListener("load", done, { once: true }));
    }

    postMessage(data) {
      this.ready.then(() => this.inside.dispatchEvent(new MessageEvent("message", { data, source: parent })));
    }

    terminate() {
      this.inside.frameElement.remove();
    }
  };
}
