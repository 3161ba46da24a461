"""Runs the drill program with the settings that Ansible knows, and shows what it says as it says it.

The settings go to the program's standard input: they hold secrets, which an argument would show to every user of the machine.
"""

import json
import shlex
import subprocess

from ansible import constants as C
from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase
from ansible.utils.display import Display

display = Display()


class ActionModule(ActionBase):
    """`command` is the program with its arguments; `settings` is JSON, to which the machines and groups of the inventory are added."""

    _supports_check_mode = True
    _requires_connection = False

    def run(self, tmp=None, task_vars=None):
        result = super().run(tmp, task_vars)
        settings = json.loads(self._task.args["settings"])
        hosts = [name for name in task_vars["groups"]["all"] if name != "localhost"]
        settings["machines"] = {name: self.machine(name, task_vars["hostvars"][name]) for name in hosts}
        settings["groups"] = {group: [str(name) for name in names] for group, names in task_vars["groups"].items()}
        settings["check"] = bool(self._task.check_mode)
        code = self.program(self._task.args["command"], json.dumps(settings))
        return {**result, "changed": not self._task.check_mode, "failed": code != 0, "rc": code}

    @staticmethod
    def program(command, settings):
        """Its exit code. It ends by itself when this process is ended: it gets the same signal, and heals what it broke."""
        with subprocess.Popen([str(word) for word in command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              text=True, encoding="utf-8", errors="replace") as process:
            process.stdin.write(settings)
            process.stdin.close()
            for line in process.stdout:
                display.display(line.rstrip("\n"))
            return process.wait()

    def machine(self, name, variables):
        """How the inventory, ansible.cfg and the command line say that the machine is reached, in this order of preference."""
        def option(key, kind="connection", plugin="ssh"):
            return C.config.get_config_value(key, plugin_type=kind, plugin_name=plugin, variables=variables)

        if variables.get("ansible_become_method", "sudo") != "sudo":
            raise AnsibleActionFail(f"{name}: drills become root by sudo; ansible_become_method is {variables['ansible_become_method']}")
        if option("password") or self._play_context.password:
            raise AnsibleActionFail(f"{name}: drills log in with a key, not with a password (ansible_password): set ansible_ssh_private_key_file")
        words = [word for key in ("ssh_args", "ssh_common_args", "ssh_extra_args") for word in shlex.split(str(option(key) or ""))]
        if not option("host_key_checking"):
            words += ["-o", "StrictHostKeyChecking=no"]
        key = option("private_key_file") or self._play_context.private_key_file
        user = option("remote_user") or self._play_context.remote_user
        password = option("become_pass", "become", "sudo") or self._play_context.become_pass
        access = {"address": str(variables["ansible_host"]), "port": int(option("port") or 22), "user": user and str(user), "key": key and str(key),
                  "arguments": [str(word) for word in words], "become_password": password and str(password)}
        return {"access": access, "allowed": bool(variables.get("drills_allowed", False)),
                "core_port": int(variables["core_port"]) if "core_port" in variables else None}
