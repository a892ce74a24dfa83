"""What the privacy check finds in a notice and its files, and the words in which it is told."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from selection.documents.inside import look_inside
from selection.models import NoticeFile, PublicNotice
from selection.rules.privacy import exposures
from selection.rules.upload import Unfit

KIND_NAMES = {
    "id_number": _("身份证号码"),
    "phone": _("手机号码"),
    "bank_card": _("银行卡号"),
    "unreadable": _("文件不能检查"),
}


def found_in_notice(notice: PublicNotice) -> list[dict[str, Any]]:
    """Everything that must not be public, in the text first, then file by file, as it is stored."""
    in_words = [
        {"kind": f.kind, "place": f.place, "line": str(f.line), "excerpt": f.excerpt}
        for f in exposures(notice.texts)
    ]
    return in_words + [found for file in notice.files.all() for found in _in_file(file)]


def _in_file(file: NoticeFile) -> list[dict[str, Any]]:
    place = f"file {file.ordinal}"
    try:
        with file.file.open("rb") as opened:
            inside = look_inside(opened.read())
    except (Unfit, FileNotFoundError):
        return [
            {"kind": "unreadable", "place": place, "line": "", "excerpt": "", "file": file.name, "where": {}}
        ]
    return [
        {
            "kind": f.kind,
            "place": place,
            "line": "",
            "excerpt": f.excerpt,
            "file": file.name,
            "where": f.where,
        }
        for f in inside.findings
    ]


def findings_of(notice: PublicNotice) -> list[dict[str, Any]]:
    """What the check found, as sentences are made of it."""
    return [
        {
            "kind": KIND_NAMES.get(found["kind"], found["kind"]),
            "place": place_of(found),
            "excerpt": found["excerpt"],
        }
        for found in notice.scan_findings
    ]


def place_of(found: dict[str, Any]) -> str:
    """Where something was found: 正文，第2段; 名单.xlsx 工作表“附表” 隐藏列 D 第7行."""
    if "where" in found:
        return f"{found['file']} {file_place(found['where'])}".strip()
    words = {"place": text_place(found["place"]), "line": found["line"]}
    return gettext("%(place)s，第%(line)s段") % words


def text_place(place: str) -> str:
    """A part of the notice's own text, in words."""
    word, _space, number = place.partition(" ")
    if word == "entry":
        return gettext("名单第%(n)s行") % {"n": number}
    if word == "file":
        return gettext("附件%(n)s的文件名") % {"n": number}
    names = {
        "title": gettext("标题"), "body": gettext("正文"), "basis": gettext("依据文件"),
        "contact": gettext("受理部门及电话"), "discipline": gettext("监督部门及电话"),
        "address": gettext("通信地址"), "email": gettext("电子邮箱"),
    }  # fmt: skip
    return names.get(place, place)


PARTS = {
    "document": _("正文"),
    "header": _("页眉"),
    "footer": _("页脚"),
    "footnotes": _("脚注"),
    "endnotes": _("尾注"),
    "comments": _("批注"),
    "textbox": _("文本框"),
    "property": _("文档属性"),
    "other": _("文件内部数据"),
    "unused": _("共享字符串（表中已不显示）"),
    "form": _("表单域"),
    "bookmark": _("书签"),
    "remark": _("批注"),
    "exif": _("图片EXIF信息"),
    "xmp": _("图片XMP信息"),
    "picture_comment": _("图片注释"),
    "picture_text": _("图片文字信息"),
    "picture_data": _("图片附加信息"),
    "trailer": _("图片末尾的附加数据"),
}
HOW = {
    "deleted": _("已删除的修订文字"),
    "hidden": _("隐藏文字"),
    "boxes": _("表格方格"),
    "attribute": _("替代文字或链接"),
}
HIDDEN = {"sheet": _("（隐藏的工作表）"), "column": _("隐藏列"), "row": _("隐藏行")}


def file_place(where: dict[str, str]) -> str:
    """A place in a file, in words."""
    what = where.get("what", "")
    if what in ("cell", "comment", "margin", "sheet"):
        return _in_sheet(what, where)
    if what == "page":
        said = gettext("第%(n)s页文字层") % {"n": where["page"]}
    elif what == "name":
        said = gettext("定义的名称“%(name)s”") % where
    else:
        said = str(PARTS.get(what, what))
        if "page" in where:
            said = gettext("第%(page)s页") % where + said
    return "".join((said, *_details(where)))


def _details(where: dict[str, str]) -> list[str]:
    found = []
    if where.get("what") == "property":
        found.append(f"“{where['name']}”")
    if "part" in where:
        found.append(f"（{where['part']}）")
    if "inside" in where:
        found.append(gettext("（内嵌图片%(inside)s）") % where)
    if "n" in where:
        found.append(
            gettext("第%(n)s行") % where if where.get("how") == "boxes" else gettext("第%(n)s段") % where
        )
    if "how" in where:
        found.append(f"（{HOW[where['how']]}）")
    if "version" in where:
        found.append(gettext("（较早保存的第%(version)s个版本）") % where)
    return found


def _in_sheet(what: str, where: dict[str, str]) -> str:
    said = gettext("工作表“%(sheet)s”") % where
    hidden = where.get("hidden", "").split()
    if "sheet" in hidden:
        said += str(HIDDEN["sheet"])
    if what == "comment":
        return said + " " + gettext("批注%(cell)s") % where
    if what == "margin":
        return said + " " + gettext("页眉页脚、提示或链接")
    if what == "sheet":
        return said + gettext("的名称")
    column = (
        f"{HIDDEN['column'] if 'column' in hidden else gettext('列')} {where['column']} "
        if where["column"]
        else ""
    )
    row = (gettext("第%(row)s行（隐藏行）") if "row" in hidden else gettext("第%(row)s行")) % where
    return f"{said} {column}{row}"
