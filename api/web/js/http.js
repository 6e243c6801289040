// Requests to our own service: JSON in and out, the CSRF token beside every change, problems as errors with their code.

/** A problem the service told (RFC 9457): a stable code, what happened, what to do. */
export class ServiceProblem extends Error {
  /** @param {{code: string, detail: string, advice: string, status: number}} details */
  constructor(details) {
    super(details.detail);
    this.code = details.code;
    this.advice = details.advice;
    this.status = details.status;
    this.details = details;
  }
}

/** The token that belongs to this session, or an empty text for somebody who is not signed in. */
export const csrf = () => document.querySelector('meta[name="csrf"]')?.content ?? "";

/**
 * @param {string} path below /api/v1, such as "/recordings/…"
 * @param {{method?: string, json?: unknown, headers?: Record<string, string>, signal?: AbortSignal, keepalive?: boolean}} [options]
 * @returns {Promise<{data: any, headers: Headers, status: number}>}
 * @throws {ServiceProblem} whatever the service answers with an error; TypeError without a connection
 */
export async function ask(path, { method = "GET", json, headers = {}, signal, keepalive } = {}) {
  const sent = { Accept: "application/json", ...headers };
  if (method !== "GET") sent["X-CSRF-Token"] = csrf();
  if (json !== undefined) sent["Content-Type"] = "application/json";
  const answer = await fetch(`/api/v1${path}`, {
    method,
    headers: sent,
    body: json === undefined ? undefined : JSON.stringify(json),
    credentials: "same-origin",
    signal,
    keepalive,
  });
  const kind = answer.headers.get("content-type") ?? "";
  const data = answer.status === 204 ? null : kind.includes("json") ? await answer.json() : await answer.text();
  if (!answer.ok) {
    throw new ServiceProblem(
      typeof data === "object" && data.code
        ? data
        : { code: "internal", detail: answer.statusText, advice: "", status: answer.status },
    );
  }
  return { data, headers: answer.headers, status: answer.status };
}
