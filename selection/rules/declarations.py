"""What is declared with a dossier: each text in its versions and languages.

A text is never edited once somebody may have signed it: a change is a new version, and the old one stays.
"""

from __future__ import annotations

from hashlib import sha256

ZH, EN = "zh-hans", "en"
CURRENT = "2026-1"

TEXTS: dict[str, dict[str, dict[str, str]]] = {
    "truth_declared_at": {
        "2026-1": {
            ZH: "本人及单位承诺：申报材料真实、完整，如有虚假，愿承担相应责任。",
            EN: "The nominee and the employer declare that this dossier is true and complete, and answer for "
            "anything in it that is false.",
        }
    },
    "conflict_declared_at": {
        "2026-1": {
            ZH: "已如实说明与评审专家、推荐单位工作人员的亲属、师生、任职等利害关系；没有的，视为声明没有。",
            EN: "Every tie of kinship, teaching or employment with reviewing experts or with staff of the nominating "
            "office has been disclosed; where none is named, none is declared.",
        }
    },
    "privacy_read_at": {
        "2026-1": {
            ZH: "已阅读隐私告知，知晓身份证号、手机等个人信息的用途、保存期限和查阅、更正的方式。",
            EN: "The privacy notice has been read: what the identity number, the phone number and other personal data "
            "are used for, how long they are kept, and how to see and correct them.",
        }
    },
    "publication_consent_at": {
        "2026-1": {
            ZH: "本人单独同意：公示和公布时公开姓名、工作单位、职务和公示简介。",
            EN: "The nominee separately consents that name, employer, title and public summary are published with the "
            "public notice and the result.",
        }
    },
    "no_conflict": {  # an expert's, per dossier, before it opens
        "2026-1": {
            ZH: "本人声明：与该人选及其单位没有下列情形，在规则书规定的年限内也未曾有过：同单位任职；担任该单位负责人、理事、监事或者"
            "实际控制人；在推荐单位任职，或者推荐、介绍该人选；共同署名、合作课题；经济往来；公开争议。与该人选没有配偶、直系血亲、三代"
            "以内旁系血亲、近姻亲关系，没有师生关系，也没有其他可能影响公正的关系。本人愿意独立评审，并保守评审秘密。",
            EN: "I declare that none of these ties to the nominee or the nominee's unit exists, or existed within the years "
            "the rulebook counts: work at the same unit; a seat among its heads, directors or supervisors, or control of it; "
            "work at the nominating office, or having recommended the nominee; joint papers or projects; dealings in money; a "
            "public dispute. I am not the nominee's spouse, relative in direct line, collateral relative within three "
            "generations or close in-law, nor teacher or student, and no other tie could affect my fairness. I will judge "
            "independently and keep the review confidential.",
        }
    },
}


def text_of(kind: str, language: str = ZH, version: str = CURRENT) -> str:
    """A declaration as it is read; Chinese where the language has none."""
    texts = TEXTS[kind][version]
    return texts.get(language, texts[ZH])


def digest_of(kind: str, language: str = ZH, version: str = CURRENT) -> str:
    """SHA-256 of the text that was signed, in hexadecimal."""
    return sha256(text_of(kind, language, version).encode()).hexdigest()
