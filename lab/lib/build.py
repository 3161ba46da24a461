"""Building the service and the load test's jar."""

import os

from . import images, settings
from .progress import run

JARS = ("app/core/target/core.jar", "loadtest/target/loadtest.jar")


def stale():
    """Whether a jar is missing or older than a source."""
    jars = [settings.PROJECT / jar for jar in JARS]
    if not all(jar.exists() for jar in jars):
        return True
    oldest = min(jar.stat().st_mtime for jar in jars)
    sources = [settings.PROJECT / "pom.xml"]
    for module in ("app", "loadtest"):
        sources += [path for path in (settings.PROJECT / module).rglob("*") if path.is_file() and "target" not in path.parts]
    return any(path.stat().st_mtime > oldest for path in sources)


def maven(*words, log="build"):
    """Runs Maven with a JDK 25: the host's, or else the controller's."""
    command = ["mvn", "--batch-mode", "--no-transfer-progress", *words]
    hint = "the build needs Maven Central, or a mirror of it in ~/.m2/settings.xml"
    home = images.host_java()
    if home:
        run(command, log, hint, cwd=settings.PROJECT, env={**os.environ, "JAVA_HOME": str(home)})
    else:
        java = {"JAVA_HOME": "/usr/lib/jvm/java-25-openjdk-amd64"}
        run(images.in_controller(command, java, outside=True), log, hint)
