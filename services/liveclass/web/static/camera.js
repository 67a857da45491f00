// A camera of a lesson: /camera?session=classrooms/7b/sessions/monday. Each tab is a source with a pseudonym of its own.

import { call, sessionIn, token } from "./api.js";
import { colourOf } from "./emotions.js";
import { t } from "./messages.js";
import { attempt, byId, el, explain, percent, startPage } from "./page.js";
import { sendFrames } from "./sender.js";

/** @typedef {import("./api.js").Session} Session */
/** @typedef {import("./api.js").ClassifyFrameResponse} Classified */
/** @typedef {NonNullable<Classified["faces"]>[number]} Face */

const SOURCE = "liveclass.source";
const JPEG_QUALITY = 0.85;
/** gRPC codes after which no frame of the session will be recorded: not found, permission denied, has ended. */
const FINAL_CODES = [5, 7, 9];

class CameraPage {
  #video = el("video", { muted: true, playsinline: true, "aria-label": t("camera.own") });
  #boxes = el("canvas", { "aria-hidden": "true" });
  #frame = el("canvas");
  #session = el("select", {}, el("option", { value: "" }, t("camera.unrecorded")));
  #device = el("select", {}, el("option", { value: "" }, t("camera.default")));
  #rate = choice([["0.5", "0.5"], ["1", "1"], ["2", "2"], ["5", "5"]], "1");
  #width = choice([["640", "640 × 480"], ["1280", "1280 × 720"], ["1920", "1920 × 1080"]], "1280");
  #toggle = el("button", { type: "button", class: "primary", click: () => this.#onToggle() }, t("camera.start"));
  #status = el("p", { role: "status" }, t("camera.off"));
  #problem = el("p", { class: "problem", role: "alert" });
  #faces = el("ul", { class: "faces", "aria-label": t("camera.faces") });
  #source = ownSource();
  #counts = { sent: 0, recorded: 0 };
  /** @type {AbortController | undefined} While it sends. */
  #running;

  /** @param {HTMLElement} container */
  constructor(container) {
    container.append(
      el("ul", { class: "notice" }, ...["sent", "kept", "shown"].map((what) => el("li", {}, t(`camera.notice.${what}`)))),
      el("div", { class: "controls" }, labelled("camera.session", this.#session), labelled("camera.device", this.#device),
        labelled("camera.rate", this.#rate), labelled("camera.width", this.#width), this.#toggle),
      this.#status, this.#problem, el("div", { class: "picture" }, this.#video, this.#boxes), this.#faces,
      el("p", { class: "quiet" }, t("camera.source", { source: this.#source })), this.#invitation());
  }

  /** @param {string | null} wanted The session of the address. */
  async start(wanted) {
    if (wanted) this.#session.append(el("option", { value: wanted, selected: true }, wanted));
    else await attempt(this.#problem, () => this.#listSessions());
  }

  async #listSessions() {
    /** @type {{sessions?: Session[]}} */
    const listed = await call("classrooms/-/sessions", { query: { filter: "state = ACTIVE" } });
    for (const { name = "", display_name: title } of listed.sessions ?? []) {
      this.#session.append(el("option", { value: name }, title ? `${title} (${name})` : name));
    }
  }

  #onToggle() {
    if (this.#running) this.#stop(t("camera.off"));
    else void this.#run();
  }

  async #run() {
    const running = new AbortController();
    this.#running = running;
    this.#problem.textContent = "";
    this.#toggle.textContent = t("camera.pause");
    this.#status.textContent = t("camera.opening");
    try {
      await this.#openCamera(running.signal);
      await sendFrames({ session: this.#session.value, source: this.#source, perSecond: () => Number(this.#rate.value) }, running.signal, {
        capture: () => this.#capture(),
        onAnswer: (answer) => this.#onAnswer(answer),
        onRefused: (error, seconds) => { this.#problem.textContent = `${explain(error)} ${t("camera.waiting", { seconds: Math.ceil(seconds) })}`; },
      });
    } catch (error) {
      if (running.signal.aborted) return;
      this.#stop(t("camera.off"));
      this.#problem.textContent = error instanceof DOMException ? t("camera.denied", { reason: error.message }) : explain(error);
    }
  }

  /** @param {AbortSignal} signal */
  async #openCamera(signal) {
    const stream = await navigator.mediaDevices.getUserMedia({
      audio: false,
      video: { width: { ideal: Number(this.#width.value) }, deviceId: this.#device.value || undefined },
    });
    if (signal.aborted) return stop(stream); // paused meanwhile
    this.#video.srcObject = stream;
    await this.#video.play();
    const cameras = (await navigator.mediaDevices.enumerateDevices()).filter((device) => device.kind === "videoinput");
    const chosen = this.#device.value;
    this.#device.replaceChildren(el("option", { value: "" }, t("camera.default")),
      ...cameras.map((camera) => el("option", { value: camera.deviceId, selected: camera.deviceId === chosen }, camera.label)));
  }

  /** @param {string} status */
  #stop(status) {
    this.#running?.abort();
    this.#running = undefined;
    if (this.#video.srcObject instanceof MediaStream) stop(this.#video.srcObject);
    this.#video.srcObject = null;
    this.#boxes.width = this.#boxes.width; // clears it
    this.#faces.replaceChildren();
    this.#toggle.textContent = t("camera.start");
    this.#status.textContent = status;
  }

  /** @returns {Promise<Blob>} */
  #capture() {
    const { videoWidth: width, videoHeight: height } = this.#video;
    Object.assign(this.#frame, { width, height });
    this.#frame.getContext("2d")?.drawImage(this.#video, 0, 0);
    return new Promise((resolve, reject) => this.#frame.toBlob(
      (blob) => (blob ? resolve(blob) : reject(new DOMException(t("camera.empty")))), "image/jpeg", JPEG_QUALITY));
  }

  /** @param {Classified} answer */
  #onAnswer(answer) {
    this.#counts.sent += 1;
    this.#counts.recorded += answer.recorded ? 1 : 0;
    const faces = answer.faces ?? [];
    drawBoxes(this.#boxes, faces, answer.image_size?.width ?? 1, answer.image_size?.height ?? 1);
    this.#faces.replaceChildren(...faces.map((face) => el("li", {}, describe(face))));
    this.#status.textContent = t("camera.counts", { ...this.#counts, faces: faces.length });
    const error = answer.record_error;
    this.#problem.textContent = error?.code ? t("camera.unrecorded.because", { reason: error.message ?? "" }) : "";
    if (error?.code && FINAL_CODES.includes(error.code)) this.#stop(t("camera.off"));
  }

  #invitation() {
    const link = el("input", { readonly: true, "aria-label": t("invite.link"), size: "40" });
    const guest = el("input", { type: "password", autocomplete: "off" });
    const make = () => {
      const address = new URL("/camera", location.origin);
      address.searchParams.set("session", this.#session.value);
      if (guest.value) address.hash = `token=${guest.value.trim()}`;
      link.value = address.href;
      link.select();
    };
    return el("details", {}, el("summary", {}, t("invite.title")), el("p", {}, t("invite.text")), el("div", { class: "controls" },
      labelled("invite.token", guest), el("button", { type: "button", click: make }, t("invite.make")), link));
  }
}

/** A pseudonym of this tab, which says nothing of who sits in front of it. */
function ownSource() {
  const source = sessionStorage.getItem(SOURCE) ?? `camera-${crypto.randomUUID().slice(0, 8)}`;
  sessionStorage.setItem(SOURCE, source);
  return source;
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {Face[]} faces
 * @param {number} width
 * @param {number} height
 */
function drawBoxes(canvas, faces, width, height) {
  Object.assign(canvas, { width, height });
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  const size = Math.max(14, Math.round(width / 40));
  context.font = `600 ${size}px system-ui, sans-serif`;
  context.lineWidth = Math.max(2, width / 300);
  context.textBaseline = "bottom";
  for (const face of faces) {
    const { x = 0, y = 0, width: side = 0, height: tall = 0 } = face.box ?? {};
    context.strokeStyle = colourOf(face.emotion);
    context.strokeRect(x, y, side, tall);
    const text = describe(face);
    context.fillStyle = "#000b";
    context.fillRect(x, y - size * 1.4, context.measureText(text).width + size / 2, size * 1.4);
    context.fillStyle = "#fff";
    context.fillText(text, x + size / 4, y - size * 0.1);
  }
}

/** @param {Face} face */
function describe(face) {
  const score = face.emotions?.find((each) => each.emotion === face.emotion)?.score;
  const reason = face.quality?.reason ?? "REASON_UNSPECIFIED";
  const text = `${t(face.emotion ?? "")} ${percent(Number(score ?? 0))}`;
  return reason === "REASON_UNSPECIFIED" ? text : `${text} – ${t("camera.uncounted", { reason: t(reason) })}`;
}

/** @param {MediaStream} stream */
function stop(stream) {
  stream.getTracks().forEach((track) => track.stop());
}

/**
 * @param {string} key
 * @param {HTMLElement} input
 */
function labelled(key, input) {
  return el("label", { class: "field" }, t(key), input);
}

/**
 * @param {[string, string][]} values
 * @param {string} chosen
 */
function choice(values, chosen) {
  return el("select", {}, ...values.map(([value, text]) => el("option", { value, selected: value === chosen }, text)));
}

startPage();
const page = new CameraPage(byId("camera"));
if (token()) void page.start(sessionIn(new URLSearchParams(location.search).get("session")));
