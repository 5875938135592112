"""Tell why a browser's test needed its second try: it passes, and its fault would be forgotten."""


def pytest_terminal_summary(terminalreporter):
    """Print what the first try of each met; pytest itself prints only their names."""
    reports = terminalreporter.stats.get("rerun", [])
    if reports:
        terminalreporter.section("first tries that failed")
    for report in reports:
        terminalreporter.write_sep("_", f"{report.nodeid} ({report.when})")
        terminalreporter.write_line(report.longreprtext)
