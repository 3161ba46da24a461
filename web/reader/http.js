"use strict";

// The token that one enters here stays in the memory of this page. Without validatorUrl: null, Swagger UI would ask a
// server on the internet to check the document.
SwaggerUIBundle({
  url: "openapi.yaml",
  dom_id: "#reader",
  deepLinking: true,
  tryItOutEnabled: true,
  defaultModelsExpandDepth: 0,
  validatorUrl: null,
});
