// The class over time: emotions above, people below; zoom, cursor and keyboard.

import { drawGroups, drawLines, drawMoments, drawStacked, drawSuppressed, themeColours } from "./drawing.js";
import { clock, el } from "./page.js";
import { language, t } from "./messages.js";

/** @typedef {import("./timeline.js").Bucket} Bucket */
/** @typedef {import("./drawing.js").Moment} Moment */

const AXIS_WIDTH = 46;
const MIN_SECONDS = 60;

export class ClassChart {
  /** @type {Bucket[]} */
  #buckets = [];
  /** @type {Moment[]} */
  #moments = [];
  #isStacked = true;
  /** @type {number | undefined} Length of the newest part that is shown, in seconds; undefined: everything. */
  #seconds;
  /** @type {[number, number] | undefined} What the reader has zoomed to. */
  #zoomed;
  /** @type {uPlot} */
  #emotions;
  /** @type {uPlot} */
  #groups;
  #isSetting = false;
  #selected = -1;

  /**
   * @param {HTMLElement} container
   * @param {{onSelect: (bucket: Bucket | undefined) => void, onZoom: (isZoomed: boolean) => void}} listener
   */
  constructor(container, listener) {
    this.listener = listener;
    const upper = el("div", { class: "plot" });
    const lower = el("div", { class: "plot" });
    this.frame = el("div", {
      class: "chart", tabindex: "0", role: "slider", "aria-label": t("chart.label"), "aria-valuemin": "0",
      "aria-valuemax": "0", "aria-valuenow": "0", "aria-valuetext": t("chart.empty"), keydown: (event) => this.#onKey(event),
    }, upper, el("p", { class: "caption" }, t("chart.people")), lower);
    container.append(this.frame);
    const sync = `chart-${crypto.randomUUID()}`;
    this.#emotions = new uPlot(this.#options(sync, 280, { range: () => [0, this.#top()] }, (plot) => this.#drawEmotions(plot)), [[]], upper);
    this.#groups = new uPlot(this.#options(sync, 90, { range: (_, __, max) => [0, Math.max(2, max ?? 0)] }, (plot) => {
      drawGroups(plot, this.#buckets);
      drawSuppressed(plot, this.#buckets);
    }), [[], []], lower);
    new ResizeObserver(() => this.#resize()).observe(this.frame);
    document.addEventListener("themechange", () => this.#redraw());
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.#redraw());
  }

  /**
   * @param {Bucket[]} buckets
   * @param {Moment[]} moments
   */
  show(buckets, moments) {
    this.#buckets = buckets;
    this.#moments = moments;
    const times = buckets.map((bucket) => bucket.start);
    this.#isSetting = true;
    this.#emotions.setData([times], false);
    this.#groups.setData([times, buckets.map((bucket) => bucket.groupSize)], false);
    this.#isSetting = false;
    this.#setRange();
    this.frame.setAttribute("aria-valuemax", String(Math.max(0, buckets.length - 1)));
  }

  /** @param {boolean} isStacked Or lines. */
  setStacked(isStacked) {
    this.#isStacked = isStacked;
    this.#redraw();
  }

  /** @param {number | undefined} seconds Shows the newest part of this length, or everything, and follows it. */
  follow(seconds) {
    this.#seconds = seconds;
    this.#zoomed = undefined;
    this.#setRange();
  }

  /** @param {number} factor Of the time that is shown; below one: closer. */
  zoom(factor) {
    const [start, end] = this.#range();
    const middle = (start + end) / 2;
    const half = Math.max(MIN_SECONDS, (end - start) * factor) / 2;
    this.#zoomTo(middle - half, middle + half);
  }

  /** @param {string} text What a screen reader says of the selected bucket. */
  describe(text) {
    this.frame.setAttribute("aria-valuetext", text);
  }

  /** @returns {[number, number]} */
  #range() {
    if (this.#zoomed) return this.#zoomed;
    const first = this.#buckets[0]?.start ?? Date.now() / 1000 - MIN_SECONDS;
    const last = Math.max(this.#buckets.at(-1)?.end ?? 0, first + MIN_SECONDS);
    return [this.#seconds ? Math.max(first, last - this.#seconds) : first, last];
  }

  #top() {
    if (this.#isStacked) return 1;
    const highest = Math.max(0, ...this.#buckets.flatMap((bucket) => bucket.shares.map((share) => share.high)));
    return Math.max(0.2, Math.min(1, highest * 1.05));
  }

  #setRange() {
    const [min, max] = this.#range();
    this.#isSetting = true;
    for (const plot of [this.#emotions, this.#groups]) plot.batch(() => plot.setScale("x", { min, max }));
    this.#isSetting = false;
  }

  /**
   * @param {number} min
   * @param {number} max
   */
  #zoomTo(min, max) {
    this.#zoomed = [min, max];
    this.#setRange();
    this.listener.onZoom(true);
  }

  #redraw() {
    this.#emotions.redraw(true, true);
    this.#groups.redraw(true, true);
  }

  #resize() {
    const width = this.frame.clientWidth;
    const tall = innerHeight > 900 ? 380 : 280;
    if (width) {
      this.#emotions.setSize({ width, height: tall });
      this.#groups.setSize({ width, height: 90 });
    }
  }

  /** @param {uPlot} plot */
  #drawEmotions(plot) {
    plot.ctx.save();
    plot.ctx.beginPath();
    plot.ctx.rect(plot.bbox.left, plot.bbox.top, plot.bbox.width, plot.bbox.height);
    plot.ctx.clip();
    (this.#isStacked ? drawStacked : drawLines)(plot, this.#buckets);
    drawSuppressed(plot, this.#buckets);
    drawMoments(plot, this.#moments);
    plot.ctx.restore();
  }

  /**
   * @param {string} sync
   * @param {number} height
   * @param {uPlot.Scale} y
   * @param {(plot: uPlot) => void} draw
   * @returns {uPlot.Options}
   */
  #options(sync, height, y, draw) {
    const isUpper = height > 100;
    const axis = { stroke: () => themeColours().quiet, grid: { stroke: () => themeColours().line, width: 1 }, ticks: { show: false } };
    const hidden = { paths: () => null, points: { show: false } };
    return {
      width: 600, height, pxAlign: 0, padding: [8, 12, 0, 0], legend: { show: false },
      cursor: { sync: { key: sync }, y: false, points: { show: false }, drag: { x: true, y: false, setScale: false }, bind: { dblclick: () => null } },
      scales: { x: { time: true }, y },
      series: isUpper ? [{}] : [{}, hidden],
      axes: [
        { ...axis, values: (_, times) => times.map((time) => timeOfDay(time, times)), space: 70, size: 28 },
        { ...axis, size: AXIS_WIDTH, ...(isUpper ? { values: (_, values) => values.map((value) => `${Math.round(value * 100)} %`) } : { incrs: [1, 2, 5, 10, 50, 100, 500, 1000], space: 22 }) },
      ],
      hooks: {
        draw: [draw],
        setCursor: [(plot) => { if (!this.#isSetting) this.#onCursor(plot); }],
        setSelect: [(plot) => {
          if (plot.select.width < 5) return;
          this.#zoomTo(plot.posToVal(plot.select.left, "x"), plot.posToVal(plot.select.left + plot.select.width, "x"));
          plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
        }],
      },
    };
  }

  /** @param {uPlot} plot */
  #onCursor(plot) {
    const left = plot.cursor.left ?? -1;
    const time = left < 0 ? NaN : plot.posToVal(left, "x");
    this.#select(this.#buckets.findIndex((bucket) => bucket.start <= time && time < bucket.end));
  }

  /** @param {number} index -1: none. */
  #select(index) {
    if (index === this.#selected) return;
    this.#selected = index;
    if (index >= 0) this.frame.setAttribute("aria-valuenow", String(index));
    this.listener.onSelect(this.#buckets[index]);
  }

  /** @param {Event} event */
  #onKey(event) {
    const key = /** @type {KeyboardEvent} */ (event).key;
    const last = this.#buckets.length - 1;
    const from = this.#selected < 0 ? last : this.#selected;
    /** @type {Record<string, number>} */
    const targets = { ArrowLeft: from - 1, ArrowRight: from + 1, PageUp: from - 6, PageDown: from + 6, Home: 0, End: last };
    if (key in targets && last >= 0) {
      this.#select(Math.max(0, Math.min(last, targets[key])));
      const bucket = this.#buckets[this.#selected];
      const left = this.#emotions.valToPos((bucket.start + bucket.end) / 2, "x");
      this.#isSetting = true;
      this.#emotions.setCursor({ left, top: 10 });
      this.#isSetting = false;
    } else if (key === "+" || key === "-") this.zoom(key === "+" ? 0.5 : 2);
    else return;
    event.preventDefault();
  }
}

/**
 * @param {number} time
 * @param {number[]} all
 */
function timeOfDay(time, all) {
  const hasSeconds = all.length > 1 && all[1] - all[0] < 60;
  /** @type {Intl.DateTimeFormatOptions} */
  const format = { hour: "2-digit", minute: "2-digit", ...(hasSeconds ? { second: "2-digit" } : {}), hourCycle: "h23" };
  return hasSeconds || all.length < 2 || all[1] - all[0] < 86400
    ? new Intl.DateTimeFormat(language(), format).format(time * 1000) : clock(time);
}
