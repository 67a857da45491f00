// Calls of the HTTP interface: the token, errors, and the stream of a timeline.

/** @typedef {import("liveclass-api").components["schemas"]} Schemas */
/** @typedef {Schemas["Session"]} Session */
/** @typedef {Schemas["Timeline"]} Timeline */
/** @typedef {Schemas["TimelineBucket"]} TimelineBucket */
/** @typedef {Schemas["SessionSummary"]} SessionSummary */
/** @typedef {Schemas["ClassifyFrameResponse"]} ClassifyFrameResponse */

const TOKEN = "liveclass.token";
const RETRYABLE = [0, 429, 502, 503, 504];

/** What the server, or the way there, refused. `status` is 0 where nothing was answered. */
export class ApiError extends Error {
  /**
   * @param {number} status
   * @param {string} message
   * @param {number} retrySeconds How long the server asks to wait; 0: it does not say.
   */
  constructor(status, message, retrySeconds = 0) {
    super(message);
    this.status = status;
    this.retrySeconds = retrySeconds;
  }

  /** Whether the same call may succeed later. */
  get isTemporary() {
    return RETRYABLE.includes(this.status);
  }
}

/**
 * Takes the token out of the address, where neither the history nor a copied link may keep it.
 *
 * @param {() => boolean} mayReplace Asked where this tab has another: a stranger's link must not have it act for them.
 */
export function takeToken(mayReplace) {
  const given = new URLSearchParams(location.hash.slice(1)).get("token");
  if (given) {
    if (!token() || token() === given || mayReplace()) setToken(given);
    history.replaceState(null, "", location.pathname + location.search);
  }
}

/** @returns {string} Empty without one. */
export function token() {
  return sessionStorage.getItem(TOKEN) ?? "";
}

/** @param {string} value */
export function setToken(value) {
  sessionStorage.setItem(TOKEN, value);
}

/**
 * @param {string} classroom
 * @param {string} id
 */
export function sessionName(classroom, id) {
  return `classrooms/${classroom}/sessions/${id}`;
}

const SESSION_NAME = /^classrooms\/[a-z0-9-]{1,63}\/sessions\/[a-z0-9-]{1,63}$/;

/**
 * The session that an address of a page names. Whoever makes a link must not make another call of it.
 *
 * @param {string | null} text
 * @returns {string} Empty where it is the name of none.
 */
export function sessionIn(text) {
  return text && SESSION_NAME.test(text) ? text : "";
}

/**
 * @typedef {object} Options
 * @property {string} [method]
 * @property {Record<string, string | number | undefined>} [query] Undefined and empty ones are left out.
 * @property {unknown} [json] The body.
 * @property {Blob} [blob] The body.
 * @property {AbortSignal} [signal]
 */

/**
 * @template T
 * @param {string} path As of `send`.
 * @param {Options} [options]
 * @returns {Promise<T>} The answer's JSON.
 * @throws {ApiError}
 */
export async function call(path, options = {}) {
  return (await send(path, options)).json();
}

/**
 * @param {string} path Below /v1/, or from the root where it begins with a slash.
 * @param {Options} [options]
 * @returns {Promise<Response>}
 * @throws {ApiError}
 */
export async function send(path, options = {}) {
  /** @type {Record<string, string>} */
  const headers = { authorization: `Bearer ${token()}` };
  if (options.json !== undefined) headers["content-type"] = "application/json";
  let response;
  try {
    response = await fetch(address(path, options.query), {
      method: options.method ?? "GET",
      body: options.json !== undefined ? JSON.stringify(options.json) : options.blob,
      headers,
      signal: options.signal,
      cache: "no-store",
      credentials: "omit",
    });
  } catch (error) {
    if (options.signal?.aborted) throw error;
    throw new ApiError(0, "");
  }
  if (!response.ok) throw await errorOf(response);
  return response;
}

/**
 * @param {string} path
 * @param {Record<string, string | number | undefined>} [query]
 */
function address(path, query = {}) {
  if (/[?#%\\]|\.\./.test(path)) throw new ApiError(0, `${path} is no path of a call`);
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== "");
  // Not URLSearchParams: it writes a space as "+", which the transcoder takes for a plus.
  const text = given.map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`).join("&");
  return `${path.startsWith("/") ? "" : "/v1/"}${path}${text && `?${text}`}`;
}

/** @param {Response} response */
async function errorOf(response) {
  /** @type {{message?: string, details?: {retry_delay?: string}[]}} */
  const body = await response.json().catch(() => ({}));
  const delay = body.details?.find((detail) => detail.retry_delay)?.retry_delay;
  return new ApiError(response.status, body.message ?? "", delay ? parseFloat(delay) : 0);
}

/**
 * Follows a timeline until the stream ends, as it does when the session has ended, or the connection is lost.
 * EventSource cannot send a token: the server-sent events are read here.
 *
 * @param {string} session
 * @param {string | undefined} start The start of the first bucket wanted.
 * @param {AbortSignal} signal
 * @param {(bucket: TimelineBucket) => void} onBucket
 * @throws {ApiError}
 */
export async function watch(session, start, signal, onBucket) {
  const response = await send(`${session}:watch`, { query: { start_time: start }, signal });
  const reader = /** @type {ReadableStream<Uint8Array>} */ (response.body).getReader();
  const decoder = new TextDecoder();
  let text = "";
  for (;;) {
    let part;
    try {
      part = await reader.read();
    } catch (error) {
      if (signal.aborted) throw error;
      throw new ApiError(0, "");
    }
    if (part.done) return;
    const events = (text + decoder.decode(part.value, { stream: true })).split("\n\n");
    text = events.pop() ?? "";
    for (const event of events) {
      const data = event.split("\n").filter((line) => line.startsWith("data:"));
      if (data.length) onBucket(JSON.parse(data.map((line) => line.slice(5)).join("\n")));
    }
  }
}

/**
 * @param {string} session
 * @param {"FORMAT_CSV" | "FORMAT_JSON_LINES"} format
 */
export async function download(session, format) {
  const response = await send(`${session}:export`, { query: { format } });
  const name = /filename="?([^";]+)/.exec(response.headers.get("content-disposition") ?? "")?.[1];
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await response.blob());
  link.download = name ?? (format === "FORMAT_CSV" ? "timeline.csv" : "timeline.jsonl");
  link.click();
  URL.revokeObjectURL(link.href);
}
