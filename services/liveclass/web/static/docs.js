// The page that describes the HTTP interface and lets it be tried. A link may bring the token: /docs#token=…
"use strict";

const token = new URLSearchParams(location.hash.slice(1)).get("token");
if (token) {
  history.replaceState(null, "", location.pathname); // not in the history, nor in a copied address
}

const ui = SwaggerUIBundle({
  url: "/v1/openapi.json",
  dom_id: "#ui",
  docExpansion: "list",
  defaultModelsExpandDepth: 0,
  validatorUrl: null,
  onComplete: () => token && ui.preauthorizeApiKey("token", token),
});
