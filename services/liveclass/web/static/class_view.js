// One class: its state, the chart, the current distribution, moments, and what can be done.

import { ApiError, call, download } from "./api.js";
import { ClassChart } from "./chart.js";
import { EMOTIONS } from "./emotions.js";
import { follow } from "./feed.js";
import { t } from "./messages.js";
import { attempt, clock, dateAndTime, el, explain, percent, sleep } from "./page.js";
import { TimelineStore } from "./timeline.js";

/** @typedef {import("./api.js").Session} Session */
/** @typedef {import("./api.js").SessionSummary} SessionSummary */
/** @typedef {import("./feed.js").FeedState} FeedState */
/** @typedef {import("./timeline.js").Bucket} Bucket */
/** @typedef {import("./drawing.js").Moment} Moment */

const SUMMARY_SECONDS = 5;
const TABLE_ROWS = 500;
const RANGES = /** @type {const} */ ([["", "range.all"], ["300", "range.5"], ["900", "range.15"]]);

export class ClassView {
  #store = new TimelineStore();
  #abort = new AbortController();
  /** @type {Session | undefined} */
  #session;
  /** @type {SessionSummary | undefined} */
  #summary;
  /** @type {Bucket | undefined} */
  #selected;
  #isDrawn = true;

  /**
   * @param {HTMLElement} container
   * @param {string} name "classrooms/…/sessions/…".
   * @param {{title?: HTMLElement}} [options] Where the title goes; by default a heading of its own.
   */
  constructor(container, name, options = {}) {
    this.name = name;
    this.title = options.title ?? el("h2");
    this.state = el("span", { class: "badge", role: "status" }, t("state.loading"));
    this.updated = el("span", { class: "quiet" });
    this.about = el("p", { class: "quiet about" });
    this.problem = el("p", { class: "problem", role: "alert" });
    this.suppressed = el("p", { class: "suppressed", hidden: true });
    this.nowTitle = el("h2", {}, t("now.title"));
    this.now = el("ul", { class: "bars" });
    this.moments = el("ol", { class: "moments" });
    this.table = el("tbody");
    this.end = el("button", { type: "button", click: () => this.#end() }, t("live.end"));
    this.range = el("select", { change: () => this.#follow() }, ...RANGES.map(([value, key]) => el("option", { value }, t(key))));
    this.following = el("input", { type: "checkbox", checked: true, change: () => this.#follow() });
    if (!options.title) container.append(this.title);
    const chart = el("div");
    container.append(el("p", { class: "state" }, this.state, " ", this.updated), this.about, this.problem,
      this.#controls(), this.suppressed, el("div", { class: "columns" }, chart, el("section", {}, this.nowTitle, this.now)),
      this.#momentsSection(), this.#tableSection(), this.#actions());
    this.chart = new ClassChart(chart, {
      onSelect: (bucket) => this.#select(bucket),
      onZoom: () => { this.following.checked = false; },
    });
  }

  /** Shows the class until it has ended, or `stop` is called. */
  async run() {
    const refresh = this.#refreshSummary();
    try {
      await follow(this.name, this.#store, this.#abort.signal, {
        onState: (state, session) => this.#showState(state, session),
        onBuckets: () => this.#changed(),
      });
    } catch (error) {
      this.state.textContent = t("state.failed");
      this.problem.textContent = explain(error);
      this.stop();
    }
    await refresh;
  }

  stop() {
    this.#abort.abort();
  }

  async #refreshSummary() {
    while (!this.#abort.signal.aborted) {
      try {
        await this.#readSummary();
      } catch (error) {
        if (!(error instanceof ApiError)) throw error; // the feed says what is wrong
      }
      if (this.#session?.state === "STATE_ENDED") return;
      await sleep(SUMMARY_SECONDS, this.#abort.signal);
    }
  }

  async #readSummary() {
    this.#session = await call(this.name);
    this.#summary = await call(`${this.name}:summary`);
    this.#showAbout();
    this.#changed();
  }

  /**
   * @param {FeedState} state
   * @param {Session} [session]
   */
  #showState(state, session) {
    this.#session = session ?? this.#session;
    this.state.textContent = t(`state.${state}`);
    this.state.dataset.state = state;
    this.#showAbout();
    if (state === "ended") void this.#readSummary().catch((error) => { this.problem.textContent = explain(error); });
  }

  #showAbout() {
    const session = this.#session;
    if (!session) return;
    this.title.textContent = session.display_name || this.name.replace("classrooms/", "").replace("/sessions/", " / ");
    const times = [session.start_time, session.end_time].map(dateAndTime).filter(Boolean).join(" – ");
    this.about.textContent = `${this.name} · ${times} · ${t("live.minimum", { count: session.minimum_group_size ?? 0 })}`;
    this.end.disabled = session.state === "STATE_ENDED";
  }

  /** Draws what has changed, once for all changes of a moment. */
  #changed() {
    this.updated.textContent = t("live.updated", { time: clock(Date.now() / 1000) });
    if (!this.#isDrawn) return;
    this.#isDrawn = false;
    requestAnimationFrame(() => {
      this.#isDrawn = true;
      this.#draw();
    });
  }

  #draw() {
    const buckets = this.#store.buckets;
    const moments = this.#allMoments();
    this.chart.show(buckets, moments.map(({ moment }) => moment));
    this.moments.replaceChildren(...moments.map(({ moment, text }) =>
      el("li", {}, el("span", { class: moment.kind }, moment.label), ` ${clock(moment.time)} – ${text}`)));
    if (!moments.length) this.moments.append(el("li", { class: "quiet" }, t("moments.none")));
    const isHidden = buckets.some((bucket) => bucket.suppressed);
    this.suppressed.hidden = !isHidden;
    this.suppressed.textContent = t("live.suppressed", { count: this.#session?.minimum_group_size ?? 0 });
    this.#showNow();
    this.#fillTable(buckets);
  }

  /** @returns {{moment: Moment, text: string}[]} In the order of time. */
  #allMoments() {
    const changes = (this.#summary?.change_points ?? []).map((point, i) => ({
      moment: { time: Date.parse(point.time ?? "") / 1000, label: String(i + 1), kind: /** @type {const} */ ("change") },
      text: t(Number(point.after) > Number(point.before) ? "moments.rose" : "moments.fell", {
        emotion: t(point.emotion ?? ""), before: percent(Number(point.before)), after: percent(Number(point.after)),
      }),
    }));
    const marks = (this.#session?.markers ?? []).map((marker, i) => ({
      moment: { time: Date.parse(marker.time) / 1000, label: letter(i), kind: /** @type {const} */ ("mark") },
      text: marker.text,
    }));
    return [...changes, ...marks].sort((a, b) => a.moment.time - b.moment.time);
  }

  /** The distribution of the selected bucket, or of the newest that shows one. */
  #showNow() {
    const bucket = this.#selected ?? this.#store.newestShown;
    this.nowTitle.textContent = this.#selected ? t("now.at", { time: clock(this.#selected.start) }) : t("now.title");
    if (!bucket?.shares.length) {
      this.now.replaceChildren(el("li", { class: "quiet" }, t(this.#selected?.suppressed ? "now.suppressed" : "now.none")));
      return;
    }
    this.now.replaceChildren(...EMOTIONS.map((emotion, i) => {
      const share = bucket.shares[i];
      const bar = el("span", { class: "bar" });
      bar.style.width = `${share.mean * 100}%`;
      bar.style.background = emotion.colour;
      return el("li", {}, el("span", { class: "name" }, t(emotion.key)), el("span", { class: "track" }, bar),
        el("span", { class: "value", title: t("now.interval", { low: percent(share.low), high: percent(share.high) }) }, percent(share.mean)));
    }), el("li", { class: "quiet people" }, t("now.people", { people: bucket.groupSize, coverage: percent(bucket.coverage), time: clock(bucket.start) })));
  }

  /** @param {Bucket | undefined} bucket */
  #select(bucket) {
    this.#selected = bucket;
    this.#showNow();
    if (bucket) this.chart.describe(describe(bucket));
  }

  /** @param {Bucket[]} buckets */
  #fillTable(buckets) {
    if (!this.table.closest("details")?.open) return;
    this.table.replaceChildren(...buckets.slice(-TABLE_ROWS).map((bucket) => el("tr", {}, el("th", { scope: "row" }, clock(bucket.start)),
      el("td", {}, bucket.suppressed ? t("now.suppressed") : String(bucket.groupSize)),
      ...EMOTIONS.map((_, i) => el("td", {}, bucket.shares.length ? percent(bucket.shares[i].mean) : "–")))));
  }

  #follow() {
    this.following.checked ? this.chart.follow(Number(this.range.value) || undefined) : this.chart.zoom(1);
  }

  async #end() {
    if (!confirm(t("live.end.confirm"))) return;
    await attempt(this.problem, async () => {
      await call(`${this.name}:end`, { method: "POST", json: {} });
    });
  }

  #controls() {
    const kind = el("select", { change: () => this.chart.setStacked(kind.value === "stacked") },
      el("option", { value: "stacked" }, t("chart.stacked")), el("option", { value: "lines" }, t("chart.lines")));
    const zoom = (/** @type {string} */ key, /** @type {number} */ factor) =>
      el("button", { type: "button", "aria-label": t(key), title: t(key), click: () => this.chart.zoom(factor) }, factor < 1 ? "+" : "−");
    return el("div", { class: "controls" }, el("label", {}, `${t("chart.kind")} `, kind), el("label", {}, `${t("range.label")} `, this.range),
      el("label", {}, this.following, ` ${t("live.follow")}`), zoom("chart.closer", 0.5), zoom("chart.wider", 2));
  }

  #momentsSection() {
    return el("section", {}, el("h2", {}, t("moments.title")), this.moments);
  }

  #tableSection() {
    const heads = [t("table.time"), t("table.people"), ...EMOTIONS.map((emotion) => t(emotion.key))];
    const table = el("table", {}, el("thead", {}, el("tr", {}, ...heads.map((text) => el("th", { scope: "col" }, text)))), this.table);
    return el("details", { class: "table", toggle: () => this.#fillTable(this.#store.buckets) }, el("summary", {}, t("table.title")),
      el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": t("table.title") }, table));
  }

  #actions() {
    const text = el("input", { maxlength: "80", required: true, "aria-label": t("mark.label"), placeholder: t("mark.placeholder") });
    const mark = (/** @type {Event} */ event) => {
      event.preventDefault();
      void attempt(this.problem, async () => {
        this.#session = await call(`${this.name}:mark`, { method: "POST", json: { marker: { text: text.value } } });
        text.value = "";
        this.#changed();
      });
    };
    const file = (/** @type {"FORMAT_CSV" | "FORMAT_JSON_LINES"} */ format, /** @type {string} */ key) =>
      el("button", { type: "button", click: () => attempt(this.problem, () => download(this.name, format)) }, t(key));
    return el("section", { class: "actions", "aria-label": t("live.actions") },
      el("form", { submit: mark }, text, el("button", { type: "submit" }, t("mark.do"))),
      file("FORMAT_CSV", "export.csv"), file("FORMAT_JSON_LINES", "export.jsonl"),
      el("button", { type: "button", click: () => print() }, t("export.print")),
      el("a", { class: "button", href: `/camera?session=${encodeURIComponent(this.name)}` }, t("live.camera")), this.end);
  }
}

/**
 * In words, for a screen reader.
 * @param {Bucket} bucket
 */
function describe(bucket) {
  const what = bucket.shares.length
    ? EMOTIONS.map((emotion, i) => `${t(emotion.key)} ${percent(bucket.shares[i].mean)}`).join(", ")
    : t(bucket.suppressed ? "now.suppressed" : "now.none");
  return `${clock(bucket.start)}: ${what}`;
}

/** @param {number} index A, B … Z, AA. @returns {string} */
function letter(index) {
  const last = String.fromCharCode(65 + (index % 26));
  return index < 26 ? last : letter(Math.floor(index / 26) - 1) + last;
}
