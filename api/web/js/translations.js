// The same catalogues as the server's templates, for the texts of scripts.
import { FluentBundle, FluentResource } from "fluent";

const base = new URL("../words/", import.meta.url);

/** @typedef {(key: string, values?: Record<string, string | number>) => string} Translate */

/**
 * Loads the texts of some screens in the language of the page.
 * @param {...string} screens folders of api/pages whose texts are needed
 * @returns {Promise<Translate>}
 */
export async function loadTranslations(...screens) {
  const language = document.documentElement.lang;
  const bundle = new FluentBundle(language, { useIsolating: false });
  const texts = await Promise.all(
    screens.map(async (screen) => {
      const answer = await fetch(new URL(`${language}/${screen}.ftl`, base));
      if (!answer.ok) throw new Error(`no words of ${screen}`);
      return answer.text();
    }),
  );
  for (const text of texts) bundle.addResource(new FluentResource(text));
  return (key, values = {}) => {
    const message = bundle.getMessage(key);
    if (!message?.value) throw new Error(`no word ${key}`);
    /** @type {Error[]} */
    const errors = [];
    const text = bundle.formatPattern(message.value, values, errors);
    if (errors.length) throw errors[0];
    return text;
  };
}
