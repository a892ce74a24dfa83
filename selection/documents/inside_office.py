"""The package of a Word document or a workbook: opened with a limit on everything, its XML read without entities."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from selection.documents.inside_passage import Passage
from selection.rules.upload import Unfit

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MAIN = {DOCX: "wordprocessingml.document.main+xml", XLSX: "spreadsheetml.sheet.main+xml"}
MOST_PARTS = 2000
MOST_UNPACKED = 40 * 1024 * 1024
MOST_TIMES = 200  # a part that grows by more than this when it is unpacked is a bomb
HARMLESS = 1024 * 1024  # however much it grew
DEEPEST = 200
_XML = (".xml", ".rels", ".vml", ".svg")
_PICTURES = (".png", ".jpg", ".jpeg")
_OTHERS = (".gif", ".bmp", ".tif", ".tiff", ".emf", ".wmf", ".wdp", ".odttf", ".fntdata")
_SETTINGS = "printersettings"
# Attributes in which people's words stand; the others hold measures and numbers of the program.
WORDS = frozenset(
    [
        "descr",
        "title",
        "Target",
        "author",
        "tooltip",
        "display",
        "prompt",
        "promptTitle",
        "error",
        "errorTitle",
        "caption",
        "name",
        "userName",
        "displayName",
        "v",
        "alt",
        "href",
        "initials",
    ]
)


def is_office(data: bytes) -> bool:
    """Whether the content begins as a package does."""
    return data.startswith(b"PK\x03\x04")


class Package:
    """A package that was found to be whole, closed to macros, and of bearable size. Raises `Unfit`."""

    def __init__(self, data: bytes) -> None:
        try:
            self._archive = zipfile.ZipFile(BytesIO(data))
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as fault:
            raise Unfit("broken_office") from fault
        self._read: dict[str, bytes] = {}
        self._taken = 0
        self.names = [info.filename for info in self._archive.infolist() if not info.is_dir()]
        _require_bearable(self._archive.infolist())
        self.mime = self._kind()
        self._require_known_parts()

    def _kind(self) -> str:
        if "[Content_Types].xml" not in self.names:
            raise Unfit("wrong_type", found="ZIP")
        types = {
            item.get("ContentType", "")
            for item in self.xml("[Content_Types].xml").iter()
            if item.tag in ("Override", "Default")
        }
        if any("macroEnabled" in kind or "vbaProject" in kind for kind in types) or self._carries(
            "vbaproject.bin"
        ):
            raise Unfit("macro")
        for mime, main in MAIN.items():
            if any(kind.endswith(main) for kind in types):
                return mime
        raise Unfit("wrong_type", found="Office")

    def _carries(self, ending: str) -> bool:
        return any(name.lower().endswith(ending) for name in self.names)

    def _require_known_parts(self) -> None:
        """Whatever is neither XML nor a picture cannot be looked through, so it is not taken."""
        for name in self.names:
            low = name.lower()
            plain = low.endswith((*_XML, *_PICTURES, *_OTHERS)) or (_SETTINGS in low and low.endswith(".bin"))
            if not plain or "/embeddings/" in low or "/activex/" in low or "afchunk" in low:
                raise Unfit("embedded", part=name.rsplit("/", 1)[-1])

    def read(self, name: str) -> bytes:
        """One part, unpacked; what its size is said to be is not believed."""
        if name not in self._read:
            left = MOST_UNPACKED - self._taken
            try:
                with self._archive.open(name) as part:
                    content = part.read(left + 1)
            except (
                zipfile.BadZipFile,
                zlib.error,
                EOFError,
                OSError,
                KeyError,
                RuntimeError,
                ValueError,
            ) as fault:
                raise Unfit("broken_office") from fault
            if len(content) > left:
                raise Unfit("bomb")
            self._taken += len(content)
            self._read[name] = content
        return self._read[name]

    def xml(self, name: str) -> Element:
        """One part as a tree whose tags and attributes have their local names."""
        return parsed(self.read(name))

    def parts(self) -> list[str]:
        """The parts that are XML."""
        return [name for name in self.names if name.lower().endswith(_XML)]

    def pictures(self) -> list[str]:
        """The parts that are pictures of the kinds that may hold a text beside the picture."""
        return [name for name in self.names if name.lower().endswith(_PICTURES)]

    def related(self, name: str) -> dict[str, str]:
        """Id -> part, as the relations of a part name them."""
        folder, _slash, file = name.rpartition("/")
        rels = f"{folder}/_rels/{file}.rels".lstrip("/")
        if rels not in self.names:
            return {}
        found = self.xml(rels).iter("Relationship")
        return {item.get("Id", ""): _joined(folder, item.get("Target", "")) for item in found}


def _joined(folder: str, target: str) -> str:
    if target.startswith("/"):
        return target[1:]
    steps = folder.split("/") if folder else []
    for step in target.split("/"):
        if step == "..":
            steps = steps[:-1]
        elif step not in ("", "."):
            steps.append(step)
    return "/".join(steps)


def _require_bearable(parts: list[zipfile.ZipInfo]) -> None:
    if any(part.flag_bits & 1 for part in parts):
        raise Unfit("locked_office")
    total = sum(part.file_size for part in parts)
    grown = any(
        part.file_size > HARMLESS and part.file_size > MOST_TIMES * max(part.compress_size, 1)
        for part in parts
    )
    if len(parts) > MOST_PARTS or total > MOST_UNPACKED or grown:
        raise Unfit("bomb")


# XML ----------------------------------------------------------------------------------------------------------------


def parsed(data: bytes) -> Element:
    """The tree; a document type, an entity or a nesting without end is refused as no office program writes it."""
    builder, parser = TreeBuilder(), expat.ParserCreate(namespace_separator="}")
    depth = 0

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > DEEPEST:
            raise Unfit("broken_office")
        builder.start(_local(tag), {_local(name): value for name, value in attributes.items()})

    def end(tag: str) -> None:
        nonlocal depth
        depth -= 1
        builder.end(_local(tag))

    def refuse(*_given: object) -> None:
        raise Unfit("broken_office")

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = builder.data
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = refuse
    parser.buffer_text = True
    try:
        parser.Parse(data, True)
        return builder.close()
    except (expat.ExpatError, AssertionError, ValueError, LookupError) as fault:
        if isinstance(fault, Unfit):
            raise
        raise Unfit("broken_office") from fault


def _local(name: str) -> str:
    return name.rpartition("}")[2]


def properties(package: Package) -> Iterator[Passage]:
    """What the file says about itself: title, author, company, properties of one's own making."""
    for name in package.parts():
        if name.startswith("docProps/"):
            for item in package.xml(name).iter():
                if text := "".join(item.itertext()).strip():
                    yield Passage(text, {"what": "property", "name": item.get("name") or item.tag})


def leftovers(package: Package, done: set[str]) -> Iterator[Passage]:
    """Every word in the parts that nobody has read yet: links, diagrams, stores of hidden data."""
    for name in package.parts():
        if name not in done and not name.startswith("docProps/") and name != "[Content_Types].xml":
            yield from everything(
                package.xml(name), {"what": "other", "part": name}, whole="custom" in name.lower()
            )


def everything(
    root: Element, where: dict[str, str], *, whole: bool = False, read: tuple[str, ...] = ()
) -> Iterator[Passage]:
    """The words of a tree: text but of tags in `read`, and the attributes that hold words; all where `whole`."""
    for item in root.iter():
        if item.tag not in read and (text := (item.text or "").strip()):
            yield Passage(text, where)
        for key, value in item.attrib.items():
            if (
                whole
                or key in WORDS
                or item.tag == "docVar"
                or (key == "val" and item.tag in ("alias", "tag"))
            ):
                yield Passage(value, where)
