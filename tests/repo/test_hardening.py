"""Tests that the lines which confine units stand only in group_vars/all/hardening.yml."""

import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
LINES = yaml.safe_load((ROOT / "group_vars/all/hardening.yml").read_text())["unit_hardening"]
# Redis is confined by the unit of its own package. The role's file only makes that stricter.
UNITS = sorted(path for path in (ROOT / "roles").glob("*/templates/*") if "[Service]" in path.read_text() and path.parts[-3] != "redis")


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: f"{path.parts[-3]}/{path.name}")
def test_a_unit_has_its_hardening_from_one_place(unit):
    text = unit.read_text()
    assert "_hardening.items()" in text
    assert [line for line in text.splitlines() if line.partition("=")[0] in LINES] == []


def test_a_role_repeats_none_of_these_values():
    for path in (ROOT / "roles").glob("*/vars/**/*.yml"):
        repeated = [f"{name}: {value}" for name, value in re.findall(r"^  (\w+): (.+)$", path.read_text(), re.M) if str(LINES.get(name)) == value.strip('"')]
        assert repeated == [], path
