// The page of one class: /live?session=classrooms/7b/sessions/monday.

import { ClassView } from "./class_view.js";
import { byId, startPage } from "./page.js";
import { sessionIn, token } from "./api.js";
import { t } from "./messages.js";

startPage();
const session = sessionIn(new URLSearchParams(location.search).get("session"));
if (!session) byId("class").append(t("live.none"));
else if (token()) void new ClassView(byId("class"), session, { title: byId("title") }).run();
