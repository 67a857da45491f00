// For operators: whether the services answer, which model, what is running. The server refuses whoever may not `admin`.

import { ApiError, call, token } from "./api.js";
import { language, t } from "./messages.js";
import { byId, clock, dateAndTime, el, explain, sleep, startPage } from "./page.js";

/** @typedef {import("./api.js").Schemas} Schemas */
/** @typedef {import("./api.js").Session} Session */

/**
 * @typedef {object} Installation As the web application says it.
 * @property {{name: string, replicas: number, serving: number, versions: string[]}[]} services
 * @property {Record<string, number | null>} figures Null where no replica could be asked.
 * @property {Record<string, string>} links Empty where the operator has set none.
 */

const FIGURES = ["live_sources", "frames_in_flight", "frames_waiting", "observations_waiting"];
const REFRESH_SECONDS = 10;
const FACE_PIXELS = 48 * 48;
const ACTIVE_SESSIONS = 50;

class OperatorPage {
  #services = el("tbody");
  #replicas = el("tbody");
  #figures = el("dl", { class: "figures" });
  #sessions = el("ul");
  #links = el("p", { class: "actions" });
  #updated = el("p", { class: "quiet" });
  #problem = el("p", { class: "problem", role: "alert" });

  /** @param {HTMLElement} container */
  constructor(container) {
    container.append(this.#updated, this.#problem, this.#figures,
      el("h2", {}, t("operator.services")), table(["service", "state", "detail"], this.#services),
      el("h2", {}, t("operator.replicas")), table(["service", "serving", "version"], this.#replicas),
      el("h2", {}, t("operator.active")), this.#sessions, this.#links);
  }

  /** Until the server says that this token may not see it. */
  async run() {
    do {
      this.#updated.textContent = t("live.updated", { time: clock(Date.now() / 1000) });
    } while (await this.#showInstallation() && await this.#showServices());
  }

  async #showInstallation() {
    try {
      this.#show(await call("/operator/installation.json"));
      this.#problem.textContent = "";
    } catch (error) {
      this.#problem.textContent = explain(error);
      return error instanceof ApiError && error.isTemporary;
    }
    return true;
  }

  /** @param {Installation} found */
  #show(found) {
    const number = new Intl.NumberFormat(language());
    this.#figures.replaceChildren(...FIGURES.map((name) => {
      const value = found.figures[name] ?? null;
      return el("div", {}, el("dt", {}, t(`operator.${name}`)), el("dd", {}, value === null ? "–" : number.format(value)));
    }));
    this.#replicas.replaceChildren(...found.services.map((service) => el("tr", {},
      el("th", { scope: "row" }, service.name), el("td", {}, t("operator.of", { serving: `${service.serving}`, replicas: `${service.replicas}` })),
      el("td", {}, service.versions.join(", ")))));
    this.#links.replaceChildren(...Object.entries(found.links).filter(([, url]) => url).map(([name, url]) =>
      el("a", { href: url, class: "button", rel: "noreferrer" }, t(`operator.link.${name}`))));
  }

  async #showServices() {
    const rows = await Promise.all([probe("operator.detection", classifyBlankFace), probe("operator.session", () => this.#showSessions())]);
    this.#services.replaceChildren(...rows);
    await sleep(REFRESH_SECONDS);
    return true;
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
