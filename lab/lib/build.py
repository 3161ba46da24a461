"""Builds the services, the drill program, the benchmarks and the files that nginx serves itself."""

import os
import time
from xml.etree import ElementTree

from . import files, images, settings
from .progress import run

BUILT = ("app/core/target/core.jar", "app/chat/target/chat.jar", "loadtest/target/loadtest.jar", "bench/target/bench.jar",
         "web/target/site/index.html")
# Maven doesn't touch a jar whose sources are unchanged. So the time of the last build is kept in a file of its own.
STAMP = settings.PROJECT / "target" / "built"


def version():
    """Returns the project's version from its pom."""
    return ElementTree.parse(settings.PROJECT / "pom.xml").findtext("{http://maven.apache.org/POM/4.0.0}version")


def stale():
    """Returns whether a product is missing, or a source is newer than the last build."""
    if not all(path.exists() for path in (STAMP, *(settings.PROJECT / path for path in BUILT))):
        return True
    sources = [settings.PROJECT / "pom.xml"]
    for module in ("api", "app", "loadtest", "bench", "web"):
        sources += [path for path in (settings.PROJECT / module).rglob("*") if path.is_file() and "target" not in path.parts]
    return any(path.stat().st_mtime > STAMP.stat().st_mtime for path in sources)


def maven(*words, log="build"):
    """Runs Maven with a JDK 25: the host's if it has one, otherwise the controller's."""
    command = ["mvn", "--batch-mode", "--no-transfer-progress", *words]
    hint = "If the lines above show no error, Maven could not reach Maven Central, or the mirror of it in ~/.m2/settings.xml"
    began = time.time()
    home = images.host_java()
    if home:
        run(command, log, hint, cwd=settings.PROJECT, env={**os.environ, "JAVA_HOME": str(home)})
    else:
        run(images.in_controller(command, outside=True), log, hint)
    STAMP.parent.mkdir(exist_ok=True)
    files.write(STAMP, "", times=(began, began))  # a source that was edited during the build counts as newer
