// Sends frames one after another, as fast as wanted and as the service can take them.

import { ApiError, send } from "./api.js";
import { sleep } from "./page.js";

/** @typedef {import("./api.js").ClassifyFrameResponse} Classified */

const MAX_WAIT = 15;
const MIN_WAIT = 0.5;

/**
 * @typedef {object} Listener
 * @property {() => Promise<Blob>} capture The next frame as JPEG.
 * @property {(answer: Classified) => void} onAnswer
 * @property {(error: ApiError, waitSeconds: number) => void} onRefused The same frame is not sent again.
 */

/**
 * Until `signal` aborts. One frame is in flight at a time: a slow service is sent fewer frames.
 *
 * @param {{session: string, source: string, perSecond: () => number}} settings An empty session: nothing is recorded.
 * @param {AbortSignal} signal
 * @param {Listener} listener
 * @throws {ApiError} where it is of no use to try again.
 */
export async function sendFrames(settings, signal, listener) {
  let wait = MIN_WAIT;
  while (!signal.aborted) {
    const started = performance.now();
    try {
      const blob = await listener.capture();
      listener.onAnswer(await classify(settings.session, settings.source, blob, signal));
      wait = MIN_WAIT;
      await sleep(1 / settings.perSecond() - (performance.now() - started) / 1000, signal);
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof ApiError && error.isTemporary)) throw error;
      const pause = Math.max(error.retrySeconds, wait);
      listener.onRefused(error, pause);
      wait = Math.min(MAX_WAIT, 2 * wait);
      await sleep(pause, signal);
    }
  }
}

/**
 * @param {string} session
 * @param {string} source
 * @param {Blob} blob
 * @param {AbortSignal} signal
 * @returns {Promise<Classified>}
 */
async function classify(session, source, blob, signal) {
  const query = { session, source, frame_id: crypto.randomUUID(), capture_time: new Date().toISOString() };
  const response = await send("frames:classifyImage", { method: "POST", query, blob, signal });
  return response.json();
}
