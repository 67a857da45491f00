// Keeps a timeline up to date while its session is active, and over interruptions.

import { ApiError, call, watch } from "./api.js";
import { sleep } from "./page.js";

/** @typedef {import("./api.js").Session} Session */
/** @typedef {import("./api.js").Timeline} Timeline */
/** @typedef {import("./timeline.js").TimelineStore} TimelineStore */
/** @typedef {"live" | "reconnecting" | "ended"} FeedState */

const MIN_WAIT = 0.5;
const MAX_WAIT = 8;

/**
 * Returns once the session has ended and everything was read, or `signal` aborts.
 *
 * @param {string} session
 * @param {TimelineStore} store
 * @param {AbortSignal} signal
 * @param {{onState: (state: FeedState, session?: Session) => void, onBuckets: () => void}} listener
 * @throws {ApiError} where it is of no use to try again.
 */
export async function follow(session, store, signal, listener) {
  let wait = MIN_WAIT;
  while (!signal.aborted) {
    try {
      /** @type {Session} */
      const found = await call(session, { signal });
      /** @type {Timeline} */
      const timeline = await call(`${session}:timeline`, { signal });
      store.replace(timeline.buckets ?? []);
      const hasEnded = found.state === "STATE_ENDED";
      listener.onState(hasEnded ? "ended" : "live", found);
      listener.onBuckets();
      if (hasEnded) return;
      const newest = timeline.buckets?.at(-1)?.start_time ?? found.start_time;
      await watch(session, newest, signal, (bucket) => {
        wait = MIN_WAIT;
        store.put(bucket);
        listener.onBuckets();
      });
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof ApiError && error.isTemporary)) throw error;
      listener.onState("reconnecting");
    }
    await sleep(wait, signal);
    wait = Math.min(MAX_WAIT, 2 * wait);
  }
}
