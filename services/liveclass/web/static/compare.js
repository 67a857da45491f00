// Two classes side by side: /compare?first=classrooms/…&second=classrooms/….

import { sessionIn, token } from "./api.js";
import { ClassView } from "./class_view.js";
import { byId, startPage } from "./page.js";
import { t } from "./messages.js";

startPage();
const query = new URLSearchParams(location.search);
for (const side of ["first", "second"]) {
  const session = sessionIn(query.get(side));
  if (!session) byId(side).append(t("live.none"));
  else if (token()) void new ClassView(byId(side), session).run();
}
