"""Results as a JUnit file, which every CI reads: a suite per scenario file, a case per scenario."""

import re
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Final
from xml.etree.ElementTree import Element, ElementTree, SubElement, indent

from sipagent.cli.scenario.result import Result

_NOT_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write(path: Path, results: Sequence[Result]) -> None:
    """Write the file. Raises ``OSError``."""
    root = Element("testsuites", name="sipagent scenario")
    for file in dict.fromkeys(one.path for one in results):
        _suite(root, file, [one for one in results if one.path == file])
    indent(root)
    ElementTree(root).write(path, encoding="utf-8", xml_declaration=True)


def _suite(root: Element, file: Path, results: Sequence[Result]) -> None:
    failed = sum(not one.good for one in results)
    suite = SubElement(
        root,
        "testsuite",
        name=file.stem,
        tests=str(len(results)),
        failures=str(failed),
        errors="0",
        skipped="0",
        time=f"{sum(one.took_s for one in results):.3f}",
    )
    for result in results:
        _case(suite, result)


def _case(suite: Element, result: Result) -> None:
    name = result.scenario.name
    case = SubElement(
        suite, "testcase", classname=result.path.stem, name=name, time=f"{result.took_s:.3f}"
    )
    properties = SubElement(case, "properties")
    facts = {"language": result.scenario.language.value, "tags": " ".join(result.scenario.tags)}
    if result.responses_ms:
        facts["response_p50_ms"] = str(round(median(result.responses_ms)))
        facts["response_max_ms"] = str(max(result.responses_ms))
    if result.gap_ms:
        facts["gap_max_ms"] = f"{result.gap_ms:g}"
    if result.stood_still_ms:
        facts["first_call_stood_still_ms"] = f"{result.stood_still_ms:g}"
    if result.sip_call_id:
        facts["sip_call_id"] = result.sip_call_id
    for key, value in facts.items():
        SubElement(properties, "property", name=key, value=_xml(value))
    if not result.good:
        told = [result.why(fault) for fault in result.faults]
        failure = SubElement(case, "failure", type="expectation", message=_xml(told[0]))
        failure.text = _xml("\n".join(told))
    SubElement(case, "system-out").text = _xml("\n".join(result.conversation()))


def _xml(text: str) -> str:
    return _NOT_XML.sub("\ufffd", text)
