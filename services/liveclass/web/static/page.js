// What every page has: language, theme, navigation, the token, and making elements.

import { ApiError, setToken, takeToken, token } from "./api.js";
import { LANGUAGES, language, setLanguage, t } from "./messages.js";

const THEME = "liveclass.theme";
const THEMES = ["auto", "light", "dark"];
const PAGES = /** @type {const} */ ([["/", "nav.sessions"], ["/camera", "nav.camera"], ["/operator", "nav.operator"], ["/docs", "nav.api"]]);

/**
 * @param {string} id
 * @returns {HTMLElement}
 */
export function byId(id) {
  const element = document.getElementById(id);
  if (!element) throw new Error(`no element ${id}`);
  return element;
}

/**
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Record<string, string | boolean | ((event: Event) => void) | undefined>} [attributes] Functions listen to the
 *   event of that name.
 * @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name, value);
    else if (value === true) element.setAttribute(name, "");
    else if (typeof value === "string") element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

/** Takes the token, draws the frame of the page, and asks for a token where there is none. */
export function startPage() {
  takeToken(() => confirm(t("token.replace")));
  applyTheme();
  document.documentElement.lang = language();
  translate();
  byId("header").append(
    el("a", { href: "#main", class: "skip" }, t("nav.skip")),
    el("a", { href: "/", class: "brand" }, "liveclass"),
    el("nav", { "aria-label": t("nav.pages") }, ...PAGES.map(navigationLink)),
    languageChoice(),
    themeChoice(),
  );
  if (!token()) askForToken();
}

/** Fills elements that name their message: data-t for the text, data-t-label for the accessible name. */
function translate() {
  for (const element of document.querySelectorAll("[data-t]")) {
    element.textContent = t(/** @type {HTMLElement} */ (element).dataset.t ?? "");
  }
  for (const element of document.querySelectorAll("[data-t-label]")) {
    element.setAttribute("aria-label", t(/** @type {HTMLElement} */ (element).dataset.tLabel ?? ""));
  }
  document.title = `${t(document.documentElement.dataset.title ?? "")} – liveclass`;
}

/** @param {(typeof PAGES)[number]} page */
function navigationLink([href, key]) {
  return el("a", { href, "aria-current": location.pathname === href ? "page" : undefined }, t(key));
}

function languageChoice() {
  const options = LANGUAGES.map(([code, name]) =>
    el("option", { value: code, lang: code, selected: code === language() }, name));
  const change = (/** @type {Event} */ event) => {
    setLanguage(/** @type {HTMLSelectElement} */ (event.target).value);
    location.reload();
  };
  return el("select", { "aria-label": t("nav.language"), change, class: "quiet-select" }, ...options);
}

function themeChoice() {
  const chosen = localStorage.getItem(THEME) ?? "auto";
  const options = THEMES.map((theme) =>
    el("option", { value: theme, selected: theme === chosen }, t(`theme.${theme}`)));
  const change = (/** @type {Event} */ event) => {
    localStorage.setItem(THEME, /** @type {HTMLSelectElement} */ (event.target).value);
    applyTheme();
    document.dispatchEvent(new Event("themechange"));
  };
  return el("select", { "aria-label": t("nav.theme"), change, class: "quiet-select" }, ...options);
}

function applyTheme() {
  const theme = localStorage.getItem(THEME) ?? "auto";
  document.documentElement.dataset.theme = THEMES.includes(theme) ? theme : "auto";
}

/** Shows a form for the token in front of the page. */
export function askForToken() {
  if (document.querySelector("dialog.token")) return;
  const input = el("input", { id: "token", type: "password", autocomplete: "off", required: true });
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    const text = input.value.trim();
    setToken(new URLSearchParams(text.split("#")[1] ?? "").get("token") ?? text);
    location.reload();
  };
  const form = el("form", { submit }, el("h2", {}, t("token.title")), el("p", {}, t("token.text")),
    el("label", { for: "token" }, t("token.label")), input, el("button", { type: "submit" }, t("token.use")));
  const dialog = el("dialog", { class: "token", "aria-label": t("token.title") }, form);
  document.body.append(dialog);
  dialog.showModal();
}

/**
 * @param {unknown} error
 * @returns {string} One sentence for the reader.
 */
export function explain(error) {
  if (!(error instanceof ApiError)) throw error;
  if (error.status === 401) askForToken();
  if (error.status === 0) return t("error.unreachable");
  const known = [401, 403, 429, 503].includes(error.status) ? t(`error.${error.status}`) : "";
  return [known, error.message].filter(Boolean).join(" ") || t("error.other", { status: error.status });
}

/**
 * Does something that a reader asked for, and shows in `status` why it could not be done.
 * @param {HTMLElement} status
 * @param {() => Promise<void>} action
 */
export async function attempt(status, action) {
  status.textContent = "";
  try {
    await action();
  } catch (error) {
    status.textContent = explain(error);
  }
}

/** @param {number} seconds Waits so long, or until `signal` aborts. @param {AbortSignal} [signal] */
export function sleep(seconds, signal) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, seconds * 1000);
    signal?.addEventListener("abort", () => { clearTimeout(timer); resolve(undefined); });
  });
}

/** @param {number} value In [0, 1]. */
export function percent(value) {
  return new Intl.NumberFormat(language(), { style: "percent", maximumFractionDigits: 0 }).format(value);
}

/** @param {number} seconds Since the Unix epoch. */
export function clock(seconds) {
  return new Intl.DateTimeFormat(language(), { timeStyle: "medium" }).format(seconds * 1000);
}

/** @param {string | undefined} time */
export function dateAndTime(time) {
  if (!time) return "";
  return new Intl.DateTimeFormat(language(), { dateStyle: "medium", timeStyle: "short" }).format(Date.parse(time));
}
