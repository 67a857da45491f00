// The list of lessons by classroom, and starting a new one.

import { call, token } from "./api.js";
import { EMOTIONS } from "./emotions.js";
import { t } from "./messages.js";
import { attempt, byId, dateAndTime, el, percent, startPage } from "./page.js";
import { bucketOf } from "./timeline.js";

/** @typedef {import("./api.js").Session} Session */
/** @typedef {import("./api.js").SessionSummary} SessionSummary */
/** @typedef {import("./api.js").Schemas["ListSessionsResponse"]} Listed */

const PAGE_SIZE = 50;
const problem = byId("problem");
/** @type {Map<string, HTMLElement>} The list of each classroom. */
const classrooms = new Map();
let nextPage = "";
const compare = el("button", { type: "button", disabled: true, click: openComparison }, t("sessions.compare"));

startPage();
drawForm();
byId("more").addEventListener("click", () => attempt(problem, showPage));
if (token()) void attempt(problem, showPage);

async function showPage() {
  /** @type {Listed} */
  const page = await call("classrooms/-/sessions", { query: { page_size: PAGE_SIZE, page_token: nextPage } });
  const sessions = page.sessions ?? [];
  nextPage = page.next_page_token ?? "";
  byId("more").hidden = !nextPage;
  if (!sessions.length && !classrooms.size) byId("sessions").append(el("p", {}, t("sessions.none")));
  sessions.forEach(addRow);
  if (classrooms.size) byId("sessions").append(compare);
}

/** @param {Session} session */
function addRow(session) {
  const name = session.name ?? "";
  const classroom = name.split("/")[1];
  let list = classrooms.get(classroom);
  if (!list) {
    list = el("ul", { class: "sessions" });
    classrooms.set(classroom, list);
    byId("sessions").append(el("h2", {}, classroom), list);
  }
  const title = session.display_name || name.split("/")[3];
  const strip = el("span", { class: "strip" });
  const choice = el("input", { type: "checkbox", value: name, "aria-label": t("sessions.choose", { title }), change: allowComparison });
  const state = session.state === "STATE_ACTIVE" ? el("span", { class: "badge", "data-state": "live" }, t("state.live")) : "";
  list.append(el("li", {}, choice, el("a", { href: pageOf(name) }, title), state,
    el("span", { class: "quiet" }, dateAndTime(session.start_time)), strip));
  new IntersectionObserver((entries, observer) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    observer.disconnect();
    void attempt(problem, () => fillStrip(name, strip));
  }).observe(strip);
}

/**
 * The mean of a lesson as one small bar, read when it comes into view.
 * @param {string} name
 * @param {HTMLElement} strip
 */
async function fillStrip(name, strip) {
  /** @type {SessionSummary} */
  const summary = await call(`${name}:summary`);
  const shares = summary.total ? bucketOf(summary.total).shares : [];
  if (!shares.length) return;
  const text = EMOTIONS.map((emotion, i) => `${t(emotion.key)} ${percent(shares[i].mean)}`).join(", ");
  strip.setAttribute("role", "img");
  strip.setAttribute("aria-label", t("sessions.strip", { text }));
  strip.title = text;
  strip.append(...EMOTIONS.map((emotion, i) => {
    const part = el("span");
    part.style.background = emotion.colour;
    part.style.flexGrow = String(shares[i].mean);
    return part;
  }));
}

function drawForm() {
  const classroom = el("input", { required: true, pattern: "[a-z0-9]([a-z0-9\\-]{0,61}[a-z0-9])?", placeholder: "7b", size: "8" });
  const title = el("input", { maxlength: "200" });
  const minimum = el("input", { type: "number", min: "1", max: "1000" });
  const field = (/** @type {string} */ key, /** @type {HTMLElement} */ input) => el("label", { class: "field" }, t(key), input);
  const form = byId("create");
  form.append(field("sessions.classroom", classroom), field("sessions.title", title), field("sessions.minimum", minimum),
    el("button", { type: "submit", class: "primary" }, t("sessions.start")));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void attempt(problem, async () => {
      const json = { display_name: title.value, minimum_group_size: Number(minimum.value) };
      /** @type {Session} */
      const session = await call(`classrooms/${classroom.value}/sessions`, { method: "POST", json });
      location.assign(pageOf(session.name ?? ""));
    });
  });
}

function chosen() {
  return [...document.querySelectorAll(".sessions input:checked")].map((input) => /** @type {HTMLInputElement} */ (input).value);
}

function allowComparison() {
  compare.disabled = chosen().length !== 2;
}

function openComparison() {
  const [first, second] = chosen();
  location.assign(`/compare?${new URLSearchParams({ first, second })}`);
}

/** @param {string} name */
function pageOf(name) {
  return `/live?session=${encodeURIComponent(name)}`;
}
