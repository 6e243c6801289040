// Requests to our own service: JSON in and out, the CSRF token with every change, problems as errors with their code.

/** A problem reported by the service (RFC 9457): a stable code, what happened, what to do. */
export class ServiceProblem extends Error {
  /** @param {{code: string, detail: string, advice: string, status: number, errors?: {message: string}[]}} details */
  constructor(details) {
    super(details.detail);
    this.code = details.code;
    this.advice = details.advice;
    this.status = details.status;
    this.details = details;
  }
}

/** The sign-in's CSRF token; empty for a visitor who is not signed in. */
export const csrfToken = () => document.querySelector('meta[name="csrf"]')?.getAttribute("content") ?? "";

/**
 * Whether a request failed as requests may: the service reported a problem, or there was no connection.
 * @param {unknown} error
 * @returns {error is ServiceProblem | TypeError}
 */
export const isRequestFailure = (error) => error instanceof ServiceProblem || error instanceof TypeError;

/**
 * Sends a request and reads the answer. `data` is parsed JSON: the caller names its type.
 * @param {string} path below /api/v1, such as "/recordings/…"
 * @param {{method?: string, json?: unknown, headers?: Record<string, string>, signal?: AbortSignal, keepalive?: boolean}} [options]
 * @returns {Promise<{data: any, headers: Headers, status: number}>}
 * @throws {ServiceProblem} for every error status; TypeError without a connection
 */
export async function request(path, { method = "GET", json, headers = {}, signal, keepalive } = {}) {
  /** @type {Record<string, string>} */
  const sent = { Accept: "application/json", ...headers };
  if (method !== "GET") sent["X-CSRF-Token"] = csrfToken();
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
