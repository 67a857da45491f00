// Draws buckets on a canvas of uPlot: stacked columns or lines, hatched where suppressed.

import { EMOTIONS } from "./emotions.js";

/** @typedef {import("./timeline.js").Bucket} Bucket */
/** @typedef {{time: number, label: string, kind: "change" | "mark"}} Moment */

const HATCH_PIXELS = 7;

/** The colours of the theme, as the style sheet says. */
export function themeColours() {
  const style = getComputedStyle(document.documentElement);
  const read = (/** @type {string} */ name) => style.getPropertyValue(name).trim();
  return { ink: read("--ink"), quiet: read("--quiet"), line: read("--line"), hatch: read("--hatch"), ground: read("--ground") };
}

/**
 * @param {uPlot} plot
 * @param {Bucket[]} buckets
 */
export function drawStacked(plot, buckets) {
  for (const bucket of visible(plot, buckets)) {
    const [left, right] = edges(plot, bucket);
    let below = 0;
    bucket.shares.forEach((share, i) => {
      const bottom = plot.valToPos(below, "y", true);
      below += share.mean;
      const top = plot.valToPos(below, "y", true);
      plot.ctx.fillStyle = EMOTIONS[i].colour;
      plot.ctx.fillRect(left, top, right - left, bottom - top);
    });
  }
}

/**
 * A line for each emotion, in the band of its 95 % interval; interrupted where nothing is shown.
 * @param {uPlot} plot
 * @param {Bucket[]} buckets
 */
export function drawLines(plot, buckets) {
  const runs = runsOf(visible(plot, buckets));
  const { ctx } = plot;
  EMOTIONS.forEach((emotion, i) => {
    for (const run of runs) {
      const points = run.flatMap((bucket) => edges(plot, bucket).map((x) => ({ x, share: bucket.shares[i] })));
      const y = (/** @type {number} */ value) => plot.valToPos(value, "y", true);
      ctx.fillStyle = ctx.strokeStyle = emotion.colour;
      ctx.globalAlpha = 0.15;
      ctx.beginPath();
      points.forEach(({ x, share }) => ctx.lineTo(x, y(share.high)));
      points.toReversed().forEach(({ x, share }) => ctx.lineTo(x, y(share.low)));
      ctx.fill();
      ctx.globalAlpha = 1;
      ctx.lineWidth = 2 * devicePixelRatio;
      ctx.beginPath();
      points.forEach(({ x, share }) => ctx.lineTo(x, y(share.mean)));
      ctx.stroke();
    }
  });
}

/**
 * @param {uPlot} plot
 * @param {Bucket[]} buckets
 */
export function drawGroups(plot, buckets) {
  plot.ctx.fillStyle = themeColours().quiet;
  const bottom = plot.valToPos(0, "y", true);
  for (const bucket of visible(plot, buckets)) {
    const [left, right] = edges(plot, bucket);
    const top = plot.valToPos(bucket.groupSize, "y", true);
    plot.ctx.globalAlpha = 0.35;
    plot.ctx.fillRect(left, top, right - left, bottom - top);
    plot.ctx.globalAlpha = 1; // the part of them whose faces could be read
    const read = plot.valToPos(bucket.groupSize * bucket.coverage, "y", true);
    plot.ctx.fillRect(left, read, right - left, bottom - read);
  }
}

/**
 * @param {uPlot} plot
 * @param {Bucket[]} buckets
 */
export function drawSuppressed(plot, buckets) {
  const { ctx } = plot;
  const { top, height } = plot.bbox;
  ctx.strokeStyle = themeColours().hatch;
  ctx.lineWidth = 1.5 * devicePixelRatio;
  for (const bucket of visible(plot, buckets)) {
    if (!bucket.suppressed) continue;
    const [left, right] = edges(plot, bucket);
    ctx.save();
    ctx.beginPath();
    ctx.rect(left, top, right - left, height);
    ctx.clip();
    ctx.beginPath();
    const step = HATCH_PIXELS * devicePixelRatio;
    for (let x = Math.floor((left - height) / step) * step; x < right; x += step) {
      ctx.moveTo(x, top + height);
      ctx.lineTo(x + height, top);
    }
    ctx.stroke();
    ctx.restore();
  }
}

/**
 * @param {uPlot} plot
 * @param {Moment[]} moments
 */
export function drawMoments(plot, moments) {
  const { ctx, bbox } = plot;
  const colours = themeColours();
  const size = 9 * devicePixelRatio;
  ctx.font = `700 ${11 * devicePixelRatio}px system-ui, sans-serif`;
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  const lastInRow = { change: /** @type {number[]} */ ([]), mark: /** @type {number[]} */ ([]) };
  const placed = moments.map((moment) => ({ ...moment, x: Math.round(plot.valToPos(moment.time, "x", true)) }))
    .filter(({ x }) => x >= bbox.left && x <= bbox.left + bbox.width);
  ctx.strokeStyle = colours.ink;
  ctx.lineWidth = 1.5 * devicePixelRatio;
  for (const moment of placed) { // every line before the first label: none crosses a label
    ctx.setLineDash(moment.kind === "change" ? [4 * devicePixelRatio, 3 * devicePixelRatio] : []);
    ctx.beginPath();
    ctx.moveTo(moment.x, bbox.top);
    ctx.lineTo(moment.x, bbox.top + bbox.height);
    ctx.stroke();
  }
  ctx.setLineDash([]);
  for (const { x, ...moment } of placed) {
    const inset = size * (1 + 2.2 * freeRow(lastInRow[moment.kind], x, 2 * size));
    const y = moment.kind === "change" ? bbox.top + inset : bbox.top + bbox.height - inset;
    ctx.fillStyle = moment.kind === "change" ? colours.ink : colours.ground;
    ctx.beginPath();
    if (moment.kind === "change") ctx.arc(x, y, size, 0, 2 * Math.PI);
    else ctx.rect(x - size, y - size, 2 * size, 2 * size);
    ctx.fill();
    ctx.stroke();
    ctx.fillStyle = moment.kind === "change" ? colours.ground : colours.ink;
    ctx.fillText(moment.label, x, y + devicePixelRatio);
  }
}

/**
 * The first row in which the label at `x` does not cover the one before it.
 * @param {number[]} last Where the last label of each row is; changed.
 * @param {number} x
 * @param {number} width
 */
function freeRow(last, x, width) {
  const free = last.findIndex((other) => x - other >= width);
  const row = free < 0 ? last.length : free;
  last[row] = x;
  return row;
}

/**
 * @param {uPlot} plot
 * @param {Bucket[]} buckets
 */
function visible(plot, buckets) {
  const { min = 0, max = 0 } = plot.scales.x;
  return buckets.filter((bucket) => bucket.end > min && bucket.start < max);
}

/**
 * The left and right edge in canvas pixels, at least one apart.
 * @param {uPlot} plot
 * @param {Bucket} bucket
 */
function edges(plot, bucket) {
  const left = Math.round(plot.valToPos(bucket.start, "x", true));
  return [left, Math.max(left + 1, Math.round(plot.valToPos(bucket.end, "x", true)))];
}

/**
 * Stretches without a gap in which emotions are shown.
 * @param {Bucket[]} buckets
 */
function runsOf(buckets) {
  /** @type {Bucket[][]} */
  const runs = [];
  let end = NaN;
  for (const bucket of buckets) {
    if (!bucket.shares.length) continue;
    if (bucket.start === end) runs[runs.length - 1].push(bucket);
    else runs.push([bucket]);
    end = bucket.end;
  }
  return runs;
}
