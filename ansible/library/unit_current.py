#!/usr/bin/python3
"""Makes a unit run with the files that are on the disk."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: unit_current
short_description: Make a unit run with the files that are on the disk
description:
  - Starts the unit if it doesn't run. Restarts or reloads it if it runs with older files than those on the disk.
  - The module compares the files that the process has read with those on the disk, whatever this run of Ansible has changed. So if a run
    dies after it has written a file and before it has restarted the unit, the next run restarts the unit.
author: Holdfast
attributes:
  check_mode:
    support: full
options:
  unit:
    description: Name of the unit.
    type: str
    required: true
  restart_for:
    description: Files that the process reads only when it starts. Of a symbolic link, only its target's name is compared.
    type: list
    elements: path
    default: []
  reload_for:
    description: Files that the process reads again when it is reloaded.
    type: list
    elements: path
    default: []
  later_for:
    description: Files that may wait for the unit's next start. The module only records them, so that stale-units can list them.
    type: list
    elements: path
    default: []
  creates:
    description: Paths that the process creates when it starts, such as sockets. If one is missing and the unit is active, the unit is restarted.
    type: list
    elements: path
    default: []
  restart_first:
    description: Units to restart before this one is restarted.
    type: list
    elements: str
    default: []
"""

EXAMPLES = r"""
- name: Run nginx with its configuration
  unit_current:
    unit: nginx
    restart_for: [/etc/systemd/system/nginx.service.d/confinement.conf]
    reload_for: [/etc/nginx/nginx.conf]
"""

RETURN = r"""
action:
  description: What was done, or what check mode would do - start, restart, reload, or empty for nothing.
  type: str
  returned: success
because:
  description: The files that the process had not read, or that are missing.
  type: list
  returned: success
"""

import os

from ansible.module_utils import unit_files
from ansible.module_utils.basic import AnsibleModule


def decide(said, unread, missing):
    """Returns what must be done ("start", "restart", "reload" or ""), and the files that are the reason.

    `missing` are the paths that the process creates when it starts, and that aren't there.
    """
    state = said.get("ActiveState")
    if state in ("inactive", "failed"):
        return "start", []
    if unread["restart"] or missing and state == "active":
        return "restart", unread["restart"] + unread["reload"] + missing
    if unread["reload"]:
        # A unit that systemd is about to start again can't be reloaded.
        return "reload" if state in ("active", "reloading") else "restart", unread["reload"]
    return "", []


def main():
    lists = {"type": "list", "elements": "path", "default": []}
    module = AnsibleModule(
        argument_spec={"unit": {"type": "str", "required": True}, "restart_for": lists, "reload_for": lists, "later_for": lists,
                       "creates": lists, "restart_first": {**lists, "elements": "str"}},
        supports_check_mode=True)
    unit = module.params["unit"]
    files = {kind: module.params[f"{kind}_for"] for kind in unit_files.KINDS}

    def systemctl(*words):
        code, out, err = module.run_command(["systemctl", *words])
        if code:
            module.fail_json(msg=f"systemctl {' '.join(words)} failed: {(out + err).strip()} Do: journalctl -u {unit}")

    said = unit_files.properties(unit)
    unread = unit_files.unread(files, said, unit_files.record_of(unit))
    action, because = decide(said, unread, [path for path in module.params["creates"] if not os.path.exists(path)])
    if not module.check_mode:
        if action != "reload" and (action or said.get("NeedDaemonReload") == "yes"):
            systemctl("daemon-reload")
        if action == "restart":
            for first in module.params["restart_first"]:
                systemctl("restart", first)
        if action:
            systemctl(action, unit)
        unit_files.remember(unit, files, [] if action in ("start", "restart") else unread["later"])
    shown = f"{action} {unit}: {', '.join(because) or 'it does not run'}\n" if action else ""
    module.exit_json(changed=bool(action), action=action, because=because, diff={"prepared": shown})


if __name__ == "__main__":
    main()
