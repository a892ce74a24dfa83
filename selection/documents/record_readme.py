"""The page that lies on top of a record: what it is, how it is verified, what is not in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

TEXT = """# 评选档案 {code} · Record of round {code}

{title}

存证链 `{chain}`，{count}条，链头 `{head}`

## 怎样核验

1. 从“存证链头”公开页面下载核验程序 `verify_record.py`（不要使用随档案一起转来的程序）。只需Python 3.11以上，不联网，不需要本系统。
2. 运行 `python3 verify_record.py 本文件夹 --published 公告上印的总摘要`。
3. 程序核对：清单、存证链、历次公布的链头、已公开内容的承诺值、规则书、抽取（名单、种子、评审组、匿名号、任务、补抽）、
   每份评分表、每个得分、名次、同分处理和名单，认定决定及其例外、证书、名单更正和撤销。全部相符则退出码为0；否则为1，并指出第一处不符。

## 里面有什么

| 文件 | 内容 |
| --- | --- |
| `round.json` `rulebooks.json` | 批次；各版规则书及其摘要 |
| `chain.jsonl` `digests.txt` `opened.jsonl` | 存证条目原文；逐条摘要与链头；已公开的附载内容和盐值 |
| `heads.json` | 历次公布的链头和总摘要 |
| `nominees.json` `dossiers.json` `rulings.json` | 人选；各版申报表的摘要；初审结论、裁定、放宽、复核 |
| `attachments.json` `files/` | 附件摘要；可公开和专家可见的附件 |
| `draw.json` | 抽取的名单、公共随机值、种子、结果、匿名号、任务（写明阶段；补抽见`opened.jsonl`） |
| `sheets.jsonl` `sheets.csv` | 启封后的评分表（匿名号），连同盐值和回执；同一内容的表格 |
| `results.json` `list.json` | 得分、名次、同分处理、结果及其旧版；拟认定名单和偏离名次的理由 |
| `notices.json` `objections.json` | 公示原文；异议的处理结果 |
| `determinations.json` | 认定决定：不列入的人选及其理由、纪要编号；名单和证书的现状 |
| `corrections.json` `revocations.json` | 已公布名单的更正（原文、更正后文字、依据）；撤销认定的事由、日期、决定 |
| `manifest.json` | 每个文件的SHA-256 |

## 里面没有什么

身份证号、手机、住址；限制查看的附件（只有摘要）；异议人及其陈述；回避和退出评审组的理由；撤销认定前告知的事实和本人的陈述申辩。
它们的条目仍在链上，只是承诺值没有打开。审计需要核对时，由承办处室出示原文和盐值，与所列条目（`sealed`）的承诺值比对。
专家在评分表中只以编号和匿名号出现；但提交评分表的存证条目由本人办理，其附载内容含办理人姓名。因此本档案供归档、监督和审计使用，不对外公开。

---

## Verifying

1. Download `verify_record.py` from the public page of ledger heads; do not use a copy that came with the record.
   It needs Python 3.11, no network, and nothing of the system.
2. `python3 verify_record.py THIS_FOLDER --published TOTAL_DIGEST_PRINTED_IN_A_NOTICE`
3. Exit status 0 if everything agrees; 1 and the first fault otherwise.

Not in here: identity numbers, phones, addresses; restricted attachments (their digests are); who objected and how; reasons
of recusals and absences; what a talent was told and answered before a revocation. Their entries are in the chain under
commitments that stay sealed; an auditor shown the words with their salt compares them with the entry (`sealed`). Experts appear by code and
anonymous number, but the ledger entry of a submission names who submitted: the record is for archive, supervision and
audit, not for publication.
"""


def readme(about: Mapping[str, Any]) -> str:
    """The page for one round."""
    return TEXT.format(**{name: about[name] for name in ("code", "title", "chain", "count", "head")})
