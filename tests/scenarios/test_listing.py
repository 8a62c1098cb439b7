"""The list of scenarios: one test for each code, and a page that says so."""

from collections import Counter

from tests.scenarios.listing import CODES, PAGE, Result, page, report, results, written


def test_every_code_has_exactly_one_test_and_every_such_test_a_code() -> None:
    found = Counter(scenario.code for scenario in written())
    assert [code for code, count in found.items() if count > 1] == []
    assert sorted(found.keys() ^ set(CODES)) == []


def test_page_says_what_the_tests_say() -> None:
    assert PAGE.read_text("utf-8") == page(), "write it anew: python -m tests.scenarios.listing page"


def test_report_gives_each_code_a_line_with_how_it_ended_and_why_it_failed() -> None:
    junit = """<testsuites><testsuite>
      <testcase name="test_t6_x[spring]" time="1.5"/>
      <testcase name="test_t6_x[autumn]" time="1.0"><failure message="Nobody said it.&#10;  @Name: that"/></testcase>
      <testcase name="test_t7_y" time="0.25"/>
    </testsuite></testsuites>"""
    ended = results(junit)
    assert ended["test_t7_y"] == Result("passed", 0.25)
    assert ended["test_t6_x"] == Result("FAILED", 2.5, ("Nobody said it.\n  @Name: that",))
    scenario = next(scenario for scenario in written() if scenario.code == "T1")
    lines = report([scenario], {scenario.test: Result("FAILED", 1.0, ("one\ntwo",))})
    assert lines[1:4] == [f"  T1   FAILED    1.0 s  {scenario.shows}", "       one", "       two"]
    assert "  T2   no test" in lines
