// Every text of the pages, in each language.

const LANGUAGE = "liveclass.language";

/** Code and own name of each language. */
export const LANGUAGES = /** @type {const} */ ([["en", "English"], ["de", "Deutsch"]]);

/** @type {Record<string, readonly [string, string]>} English and German. */
const MESSAGES = {
  "EMOTION_ANGER": ["anger", "Ärger"],
  "EMOTION_DISGUST": ["disgust", "Ekel"],
  "EMOTION_FEAR": ["fear", "Angst"],
  "EMOTION_HAPPINESS": ["happiness", "Freude"],
  "EMOTION_SADNESS": ["sadness", "Traurigkeit"],
  "EMOTION_SURPRISE": ["surprise", "Überraschung"],
  "EMOTION_NEUTRAL": ["neutral", "neutral"],
  "nav.pages": ["Pages", "Seiten"],
  "nav.skip": ["Skip to content", "Zum Inhalt"],
  "nav.sessions": ["Lessons", "Stunden"],
  "nav.camera": ["Camera", "Kamera"],
  "nav.compare": ["Two lessons", "Zwei Stunden"],
  "nav.operator": ["Operator", "Betrieb"],
  "nav.api": ["API", "API"],
  "nav.language": ["Language", "Sprache"],
  "nav.theme": ["Colours", "Farben"],
  "theme.auto": ["Auto", "Auto"],
  "theme.light": ["Light", "Hell"],
  "theme.dark": ["Dark", "Dunkel"],
  "token.title": ["A token is needed", "Ein Token ist nötig"],
  "token.text": [
    "Open the link that `make up` printed, or paste it here. The token stays in this tab and is sent only to this server.",
    "Öffnen Sie den Link, den `make up` ausgegeben hat, oder fügen Sie ihn hier ein. Das Token bleibt in diesem Tab und geht nur an diesen Server.",
  ],
  "token.replace": [
    "This link has another token than this tab. Use the link's from now on?",
    "Dieser Link hat ein anderes Token als dieser Tab. Ab jetzt das des Links verwenden?",
  ],
  "token.label": ["Link or token", "Link oder Token"],
  "token.use": ["Continue", "Weiter"],
  "error.unreachable": ["The server cannot be reached.", "Der Server ist nicht erreichbar."],
  "error.401": ["The token is missing, wrong or expired.", "Das Token fehlt, ist falsch oder abgelaufen."],
  "error.403": ["The token does not permit this.", "Das Token erlaubt das nicht."],
  "error.429": ["The server is busy.", "Der Server ist ausgelastet."],
  "error.503": ["The service is not available at the moment.", "Der Dienst ist gerade nicht verfügbar."],
  "error.other": ["The server answered with status {status}.", "Der Server antwortete mit Status {status}."],
  "live.title": ["Live class", "Klasse live"],
  "live.none": ["Choose a lesson from the list.", "Wählen Sie eine Stunde aus der Liste."],
  "live.updated": ["last update {time}", "zuletzt aktualisiert {time}"],
  "live.minimum": ["shown from {count} people on", "gezeigt ab {count} Personen"],
  "live.follow": ["Follow live", "Live folgen"],
  "live.suppressed": [
    "Hatched: too few people. Groups of fewer than {count} are not shown, nor anything that would reveal such a group.",
    "Schraffiert: zu wenige Personen. Gruppen unter {count} werden nicht gezeigt, auch nichts, was eine solche Gruppe verraten würde.",
  ],
  "live.end": ["End lesson", "Stunde beenden"],
  "live.end.confirm": ["End this lesson? It then takes no more frames.", "Diese Stunde beenden? Danach nimmt sie keine Bilder mehr an."],
  "live.camera": ["Add a camera", "Kamera hinzufügen"],
  "live.actions": ["What can be done", "Aktionen"],
  "state.loading": ["Loading …", "Lädt …"],
  "state.live": ["Live", "Live"],
  "state.reconnecting": ["Reconnecting …", "Verbindet neu …"],
  "state.ended": ["Ended", "Beendet"],
  "state.failed": ["Not shown", "Nicht gezeigt"],
  "now.title": ["Now", "Jetzt"],
  "now.at": ["At {time}", "Um {time}"],
  "now.none": ["Nothing was seen yet.", "Noch nichts gesehen."],
  "now.suppressed": ["too few people", "zu wenige Personen"],
  "now.interval": ["95 % interval: {low} to {high}", "95-%-Intervall: {low} bis {high}"],
  "now.people": ["{people} people, {coverage} of the faces could be read; from {time}", "{people} Personen, {coverage} der Gesichter lesbar; ab {time}"],
  "chart.label": ["The class over time; arrow keys move, + and − zoom", "Die Klasse im Verlauf; Pfeiltasten bewegen, + und − zoomen"],
  "chart.empty": ["no data yet", "noch keine Daten"],
  "chart.people": ["People seen (solid: faces that could be read)", "Gesehene Personen (kräftig: lesbare Gesichter)"],
  "chart.kind": ["Chart", "Diagramm"],
  "chart.stacked": ["Stacked", "Gestapelt"],
  "chart.lines": ["Lines with 95 % bands", "Linien mit 95-%-Bändern"],
  "chart.closer": ["Zoom in", "Vergrößern"],
  "chart.wider": ["Zoom out", "Verkleinern"],
  "range.label": ["Show", "Zeige"],
  "range.all": ["whole lesson", "ganze Stunde"],
  "range.5": ["last 5 minutes", "letzte 5 Minuten"],
  "range.15": ["last 15 minutes", "letzte 15 Minuten"],
  "moments.title": ["Moments", "Momente"],
  "moments.none": ["No change was found yet, and nothing is marked.", "Noch keine Veränderung gefunden, nichts markiert."],
  "moments.rose": ["{emotion} rose from {before} to {after}", "{emotion} stieg von {before} auf {after}"],
  "moments.fell": ["{emotion} fell from {before} to {after}", "{emotion} fiel von {before} auf {after}"],
  "mark.label": ["What is happening now (no names)", "Was gerade geschieht (keine Namen)"],
  "mark.placeholder": ["e.g. group work", "z. B. Gruppenarbeit"],
  "mark.do": ["Mark", "Markieren"],
  "sessions.create": ["New lesson", "Neue Stunde"],
  "sessions.classroom": ["Classroom", "Klasse"],
  "sessions.title": ["Title (no names)", "Titel (keine Namen)"],
  "sessions.minimum": ["Shown from … people on (empty: the server's minimum)", "Gezeigt ab … Personen (leer: Minimum des Servers)"],
  "sessions.start": ["Start", "Beginnen"],
  "sessions.none": ["There are no lessons yet. Start one above.", "Es gibt noch keine Stunden. Beginnen Sie oben eine."],
  "sessions.more": ["Show more", "Mehr zeigen"],
  "sessions.compare": ["Compare the chosen two", "Die gewählten zwei vergleichen"],
  "sessions.choose": ["Choose {title} for comparing", "{title} zum Vergleichen wählen"],
  "sessions.strip": ["Mean of the lesson: {text}", "Mittel der Stunde: {text}"],
  "compare.about": [
    "Both charts have their own time. Only lessons whose faces were scored by the same labels can be compared.",
    "Jedes Diagramm hat seine eigene Zeit. Vergleichbar sind nur Stunden, deren Gesichter nach denselben Labels bewertet wurden.",
  ],
  "camera.notice.sent": [
    "Sent: single pictures of this camera, to this server only, while it is started. No sound.",
    "Gesendet: einzelne Bilder dieser Kamera, nur an diesen Server, solange sie läuft. Kein Ton.",
  ],
  "camera.notice.kept": [
    "Kept: how strongly each face showed each of seven emotions, under a pseudonym. Pictures are never stored, and nobody is recognised.",
    "Behalten: wie stark jedes Gesicht jede von sieben Emotionen zeigte, unter einem Pseudonym. Bilder werden nie gespeichert, niemand wird erkannt.",
  ],
  "camera.notice.shown": [
    "The frames and words on the picture are drawn here, for you alone. Pause stops the camera.",
    "Rahmen und Wörter im Bild werden hier gezeichnet, nur für Sie. Pause schaltet die Kamera ab.",
  ],
  "camera.session": ["Lesson", "Stunde"],
  "camera.unrecorded": ["none: only try it, record nothing", "keine: nur ausprobieren, nichts aufzeichnen"],
  "camera.device": ["Camera", "Kamera"],
  "camera.default": ["the browser's choice", "Wahl des Browsers"],
  "camera.rate": ["Pictures a second, at most", "Bilder pro Sekunde, höchstens"],
  "camera.width": ["Resolution", "Auflösung"],
  "camera.start": ["Start", "Starten"],
  "camera.pause": ["Pause", "Pause"],
  "camera.off": ["The camera is off.", "Die Kamera ist aus."],
  "camera.opening": ["Opening the camera …", "Kamera wird geöffnet …"],
  "camera.counts": [
    "{sent} pictures sent, {recorded} of them recorded; faces in the last one: {faces}",
    "{sent} Bilder gesendet, davon {recorded} aufgezeichnet; Gesichter im letzten: {faces}",
  ],
  "camera.own": ["The picture of your own camera", "Das Bild Ihrer eigenen Kamera"],
  "camera.faces": ["Faces in the last picture", "Gesichter im letzten Bild"],
  "camera.source": ["This tab's pseudonym: {source}", "Pseudonym dieses Tabs: {source}"],
  "camera.empty": ["the camera gives no picture", "die Kamera liefert kein Bild"],
  "camera.denied": ["The camera cannot be used: {reason}.", "Die Kamera kann nicht benutzt werden: {reason}."],
  "camera.waiting": ["Trying again in {seconds} s.", "Nächster Versuch in {seconds} s."],
  "camera.unrecorded.because": ["Not recorded: {reason}", "Nicht aufgezeichnet: {reason}"],
  "camera.uncounted": ["not counted: {reason}", "nicht gezählt: {reason}"],
  "REASON_SMALL": ["too small", "zu klein"],
  "REASON_BLURRED": ["blurred", "unscharf"],
  "REASON_EXPOSURE": ["too dark or too bright", "zu dunkel oder zu hell"],
  "REASON_TURNED": ["turned away", "abgewandt"],
  "invite.title": ["Invite participants with their own cameras", "Teilnehmende mit eigener Kamera einladen"],
  "invite.text": [
    "Each tab that opens the link is a source with a pseudonym of its own. Give out a token that may only classify and record in this classroom, never your own; without one, the page asks each participant for a token.",
    "Jeder Tab, der den Link öffnet, ist eine Quelle mit eigenem Pseudonym. Geben Sie ein Token weiter, das in dieser Klasse nur klassifizieren und aufzeichnen darf, nie Ihr eigenes; ohne fragt die Seite jede Person nach einem Token.",
  ],
  "invite.token": ["Token for participants", "Token für Teilnehmende"],
  "invite.make": ["Make the link", "Link erzeugen"],
  "invite.link": ["Link for participants", "Link für Teilnehmende"],
  "operator.services": ["Services", "Dienste"],
  "operator.replicas": ["Replicas", "Instanzen"],
  "operator.column.serving": ["Serving", "Bereit"],
  "operator.column.version": ["Version", "Version"],
  "operator.of": ["{serving} of {replicas}", "{serving} von {replicas}"],
  "operator.live_sources": ["Live sources", "Aktive Quellen"],
  "operator.frames_in_flight": ["Frames in work", "Bilder in Arbeit"],
  "operator.frames_waiting": ["Frames waiting", "Wartende Bilder"],
  "operator.observations_waiting": ["Observations to be written", "Ungeschriebene Beobachtungen"],
  "operator.link.grafana": ["Dashboards in Grafana", "Grafana"],
  "operator.link.docs": ["Documentation", "Dokumentation"],
  "operator.active": ["Active lessons", "Laufende Stunden"],
  "operator.column.service": ["Service", "Dienst"],
  "operator.column.state": ["State", "Zustand"],
  "operator.column.detail": ["Detail", "Einzelheiten"],
  "operator.detection": ["Detection and model", "Erkennung und Modell"],
  "operator.session": ["Sessions", "Stunden"],
  "operator.answers": ["answers", "antwortet"],
  "operator.fails": ["does not answer", "antwortet nicht"],
  "operator.refuses": ["refuses", "lehnt ab"],
  "operator.model": ["model {name}, version {version}, {labels}", "Modell {name}, Version {version}, {labels}"],
  "operator.sessions": ["{count} active", "{count} laufend"],
  "table.title": ["As a table", "Als Tabelle"],
  "table.time": ["Time", "Zeit"],
  "table.people": ["People", "Personen"],
  "export.csv": ["Download CSV", "CSV herunterladen"],
  "export.jsonl": ["Download JSON Lines", "JSON Lines herunterladen"],
  "export.print": ["Print report", "Bericht drucken"],
};

/** @returns {string} The code of the chosen language, or of the browser's where it is known. */
export function language() {
  const wanted = localStorage.getItem(LANGUAGE) ?? navigator.language.slice(0, 2);
  return LANGUAGES.some(([code]) => code === wanted) ? wanted : "en";
}

/** @param {string} code */
export function setLanguage(code) {
  localStorage.setItem(LANGUAGE, code);
}

/**
 * @param {string} key
 * @param {Record<string, string | number>} [values] What stands for each {name}.
 * @returns {string}
 */
export function t(key, values = {}) {
  const texts = MESSAGES[key];
  const text = texts ? texts[LANGUAGES.findIndex(([code]) => code === language())] : key;
  return text.replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ""));
}
