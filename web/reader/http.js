"use strict";

// The browser keeps the token that one signs in with here until its tab is closed; nothing leaves this machine.
SwaggerUIBundle({
  url: "openapi.yaml",
  dom_id: "#reader",
  deepLinking: true,
  tryItOutEnabled: true,
  defaultModelsExpandDepth: 0,
  validatorUrl: null,
});
