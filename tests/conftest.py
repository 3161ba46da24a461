"""A skipped test is a failed run: a check that didn't happen must not look like one that passed."""


def pytest_sessionfinish(session, exitstatus):
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if exitstatus == 0 and (reporter.stats.get("skipped") or reporter.stats.get("xfailed")):
        session.exitstatus = 1
