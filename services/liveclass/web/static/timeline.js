// A session's buckets in the order of time, and what can be said about them.

/** @typedef {import("./api.js").TimelineBucket} TimelineBucket */
/** @typedef {{mean: number, low: number, high: number}} Share */

/**
 * @typedef {object} Bucket
 * @property {number} start Seconds since the Unix epoch.
 * @property {number} end
 * @property {boolean} suppressed
 * @property {boolean} open
 * @property {number} frames
 * @property {number} groupSize
 * @property {number} coverage In [0, 1].
 * @property {Share[]} shares In label order; empty where nothing is shown.
 */

export class TimelineStore {
  /** @type {Map<number, Bucket>} */
  #buckets = new Map();
  /** @type {Bucket[] | undefined} */
  #sorted;

  /**
   * Adds a bucket, or replaces the one of the same time.
   * @param {TimelineBucket} message
   */
  put(message) {
    const bucket = bucketOf(message);
    this.#sorted = undefined;
    if (bucket.frames || bucket.suppressed || bucket.open) this.#buckets.set(bucket.start, bucket);
    else this.#buckets.delete(bucket.start); // all of it was erased
  }

  /** @param {TimelineBucket[]} messages Everything that there is. */
  replace(messages) {
    this.#buckets.clear();
    messages.forEach((message) => this.put(message));
  }

  get buckets() {
    this.#sorted ??= [...this.#buckets.values()].sort((a, b) => a.start - b.start);
    return this.#sorted;
  }

  /** The newest bucket that shows emotions. */
  get newestShown() {
    return this.buckets.findLast((bucket) => bucket.shares.length > 0);
  }
}

/**
 * @param {TimelineBucket} message
 * @returns {Bucket}
 */
export function bucketOf(message) {
  const start = Date.parse(message.start_time ?? "") / 1000;
  return {
    start,
    end: start + parseFloat(message.duration ?? "0"),
    suppressed: message.suppressed ?? false,
    open: message.open ?? false,
    frames: Number(message.frames ?? 0),
    groupSize: message.group_size ?? 0,
    coverage: Number(message.coverage ?? 0),
    shares: (message.emotions ?? []).map((share) => ({
      mean: Number(share.mean_score),
      low: Number(share.mean_score_low),
      high: Number(share.mean_score_high),
    })),
  };
}
