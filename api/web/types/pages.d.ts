// What scripts find in a page beyond the standard library.
import type * as tus from "tus-js-client";

declare global {
  interface Window {
    /** The tus client, once its script is loaded (js/upload/upload.js). */
    tus?: typeof tus;
  }
}
