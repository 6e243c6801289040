// The same catalogues as the server's templates, for what scripts say.
import { FluentBundle, FluentResource } from "fluent";

const base = new URL("../words/", import.meta.url);

/**
 * @param {...string} screens folders of api/pages whose words are needed
 * @returns {Promise<(key: string, figures?: Record<string, string | number>) => string>}
 */
export async function words(...screens) {
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
  return (key, figures = {}) => {
    const message = bundle.getMessage(key);
    if (!message?.value) throw new Error(`no word ${key}`);
    const errors = [];
    const text = bundle.formatPattern(message.value, figures, errors);
    if (errors.length) throw errors[0];
    return text;
  };
}
