"""Runs the drill program with the settings that Ansible knows, and shows each of the program's lines at once.

The settings go to the program's standard input, because they hold secrets. Every user of the machine can read the arguments of a process.
"""

import contextlib
import json
import shlex
import signal
import subprocess

from ansible import constants as C
from ansible.errors import AnsibleActionFail
from ansible.module_utils.parsing.convert_bool import boolean
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
        if code < 0:
            result["msg"] = (f"Signal {-code} ({signal.strsignal(-code)}) ended the drill program. If nobody sent it, dmesg may show that memory "
                             "ran out. ansible/heal.yml heals the faults that the program has left")
        return {**result, "changed": not self._task.check_mode, "failed": code != 0, "rc": code}

    @staticmethod
    def program(command, settings):
        """Runs the program to its end; returns its exit code. A Ctrl-C in the terminal reaches the program too, and the program heals before it ends."""
        try:
            process = subprocess.Popen([str(word) for word in command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                       text=True, encoding="utf-8", errors="replace")
        except FileNotFoundError as missing:
            raise AnsibleActionFail(f"{missing.filename} is not installed on the controller: a drill needs Java 25") from missing
        with process:
            # The program may have ended already. Its exit code counts then.
            with contextlib.suppress(BrokenPipeError):
                process.stdin.write(settings)
            with contextlib.suppress(BrokenPipeError):
                process.stdin.close()
            for line in process.stdout:
                display.display(line.rstrip("\n"))
            return process.wait()

    def machine(self, name, variables):
        """How to reach the machine: what the inventory says, else ansible.cfg, else the command line."""
        def option(key, kind="connection", plugin="ssh"):
            return C.config.get_config_value(key, plugin_type=kind, plugin_name=plugin, variables=variables)

        if variables.get("ansible_become_method", "sudo") != "sudo":
            raise AnsibleActionFail(f"{name}: drills become root by sudo; ansible_become_method is {variables['ansible_become_method']}")
        if option("password") or self._play_context.password:
            raise AnsibleActionFail(f"{name}: drills log in with a key, not with a password (ansible_password): set ansible_ssh_private_key_file")
        if "ansible_host" not in variables:
            raise AnsibleActionFail(f"{name}: the inventory gives no ansible_host, the machine's address")
        words = [word for key in ("ssh_args", "ssh_common_args", "ssh_extra_args") for word in shlex.split(str(option(key) or ""))]
        if not option("host_key_checking"):
            words += ["-o", "StrictHostKeyChecking=no"]
        key = option("private_key_file") or self._play_context.private_key_file
        user = option("remote_user") or self._play_context.remote_user
        password = option("become_pass", "become", "sudo") or self._play_context.become_pass
        access = {"address": str(variables["ansible_host"]), "port": int(option("port") or 22), "user": user and str(user), "key": key and str(key),
                  "arguments": [str(word) for word in words], "become_password": password and str(password)}
        try:  # an INI file and -e give the word "false", which Python takes for true
            allowed = boolean(variables.get("drills_allowed", False))
        except TypeError as wrong:
            raise AnsibleActionFail(f"{name}: drills_allowed is true or false, not {variables['drills_allowed']}") from wrong
        return {"access": access, "allowed": allowed,
                "core_port": int(variables["core_port"]) if "core_port" in variables else None}
