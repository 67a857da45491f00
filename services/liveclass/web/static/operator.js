// For operators: whether the services answer, which model, what is running. The services refuse what a token may not see.

import { ApiError, call, token } from "./api.js";
import { language, t } from "./messages.js";
import { byId, clock, dateAndTime, el, explain, sleep, startPage } from "./page.js";

/** @typedef {import("./api.js").Schemas} Schemas */
/** @typedef {import("./api.js").Session} Session */

const REFRESH_SECONDS = 10;
const FACE_PIXELS = 48 * 48;
const ACTIVE_SESSIONS = 50;

class OperatorPage {
  #services = el("tbody");
  #sessions = el("ul");
  #updated = el("p", { class: "quiet" });

  /** @param {HTMLElement} container */
  constructor(container) {
    container.append(this.#updated, el("h2", {}, t("operator.services")), table(["service", "state", "detail"], this.#services),
      el("h2", {}, t("operator.active")), this.#sessions);
  }

  async run() {
    for (;;) {
      await this.#showServices();
      this.#updated.textContent = t("live.updated", { time: clock(Date.now() / 1000) });
      await sleep(REFRESH_SECONDS);
    }
  }

  async #showServices() {
    const rows = await Promise.all([probe("operator.detection", classifyBlankFace), probe("operator.session", () => this.#showSessions())]);
    this.#services.replaceChildren(...rows);
  }

  async #showSessions() {
    /** @type {Schemas["ListSessionsResponse"]} */
    const listed = await call("classrooms/-/sessions", { query: { filter: "state = ACTIVE", page_size: ACTIVE_SESSIONS } });
    const sessions = listed.sessions ?? [];
    this.#sessions.replaceChildren(...sessions.map((session) => el("li", {},
      el("a", { href: `/live?session=${encodeURIComponent(session.name ?? "")}` }, session.display_name || (session.name ?? "")),
      ` ${dateAndTime(session.start_time)}`)));
    return t("operator.sessions", { count: `${sessions.length}${listed.next_page_token ? "+" : ""}` });
  }
}

/**
 * One row: whether a service answers, and how soon.
 * @param {string} name
 * @param {() => Promise<string>} ask Says something of the answer.
 */
async function probe(name, ask) {
  const started = performance.now();
  let state = t("operator.answers");
  let detail;
  try {
    detail = await ask();
    const milliseconds = Math.round(performance.now() - started);
    detail += ` · ${new Intl.NumberFormat(language()).format(milliseconds)} ms`;
  } catch (error) {
    state = t(error instanceof ApiError && error.isTemporary ? "operator.fails" : "operator.refuses");
    detail = explain(error);
  }
  return el("tr", {}, el("th", { scope: "row" }, t(name)), el("td", {}, state), el("td", {}, detail));
}

/** A gray square goes the whole way to the model; nothing is recorded. */
async function classifyBlankFace() {
  const face = btoa("\x80".repeat(FACE_PIXELS));
  /** @type {Schemas["ClassifyFacesResponse"]} */
  const answer = await call("faces:classify", { method: "POST", json: { faces: [face] } });
  return t("operator.model", { name: answer.model?.name ?? "", version: answer.model?.version ?? "", labels: answer.model?.labels ?? "" });
}

/**
 * @param {string[]} columns
 * @param {HTMLElement} body
 */
function table(columns, body) {
  const heads = columns.map((column) => el("th", { scope: "col" }, t(`operator.column.${column}`)));
  return el("div", { class: "scroll" }, el("table", { class: "words" }, el("thead", {}, el("tr", {}, ...heads)), body));
}

startPage();
const page = new OperatorPage(byId("operator"));
if (token()) void page.run();
