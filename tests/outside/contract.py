"""Compares answers with api/openapi.yaml. An answer that the document doesn't describe fails the test."""

import json
import re

import yaml
from jsonschema import Draft202012Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

NAME = "urn:contract"


class Contract:
    def __init__(self, file):
        self.document = yaml.safe_load(file.read_text())
        self.registry = Registry().with_resource(NAME, DRAFT202012.create_resource(self.document))

    def check(self, method, path, status, headers, text):
        """Checks an answer of a service, or of nginx in its place. If the document has no such path, only an error's body is checked."""
        template = next((one for one in self.document["paths"] if re.fullmatch(re.sub(r"\{\w+}", "[^/]+", one), path)), None)
        asked = f"{method} {path} answered {status}"
        if method.lower() in self.document["paths"].get(template, {}):
            operation = f"#/paths/{template.replace('/', '~1')}/{method.lower()}"
            self._check_response(asked, f"{operation}/responses", status, headers, text)
        elif template:
            assert status == 405, f"{asked}; the document has no such method for {template}, so the answer must be 405"
        if status >= 400:
            self.check_error(asked, status, headers, text)

    def check_error(self, asked, status, headers, text):
        """Checks the body of an error. It has the same form for all errors, also for those of nginx."""
        error = json.loads(text)
        self._conforms(asked, "#/components/schemas/Error", error)
        assert error["code"] == status and error["request_id"] == headers["X-Request-Id"], f"{asked}: {text}"

    def _check_response(self, asked, responses, status, headers, text):
        documented = str(status) if str(status) in self._at(responses) else f"{status // 100}XX"
        assert documented in self._at(responses), f"{asked}, which is not in the document"
        response = self._followed(f"{responses}/{documented}")
        for name in self._at(response).get("headers", {}):
            header = self._followed(f"{response}/headers/{name}")
            assert name in headers or not self._at(header).get("required"), f"{asked} without {name}"
            if name in headers:
                value = headers[name]
                self._conforms(f"{asked}, {name}", f"{header}/schema", int(value) if re.fullmatch("[0-9]{1,9}", value) else value)
        if "content" in self._at(response):
            assert headers["Content-Type"] == "application/json", f"{asked}: {headers['Content-Type']}"
            self._conforms(asked, f"{response}/content/application~1json/schema", json.loads(text))
        else:
            assert text == "", f"{asked} with a body: {text:.300}"

    def _at(self, pointer):
        return self.registry.resolver(NAME).lookup(pointer).contents

    def _followed(self, pointer):
        return self._at(pointer).get("$ref", pointer)

    def _conforms(self, what, schema, value):
        validator = Draft202012Validator({"$ref": NAME + schema}, registry=self.registry,
                                         format_checker=Draft202012Validator.FORMAT_CHECKER)
        problem = next(validator.iter_errors(value), None)
        assert problem is None, f"{what}: {problem.message:.300} at /{'/'.join(map(str, problem.absolute_path))}"
