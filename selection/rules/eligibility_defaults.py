"""The eligibility rules that a new rulebook starts from.

Seeded from articles 2 to 5 of the published measure; what the measure leaves open is this product's default and says so
in `source`. Each may be changed, added to or taken away before a round is announced. Rulebooks frozen without rules of
their own stand on these: a better default is another list beside this one, never a change of it.
"""

from __future__ import annotations

from typing import Any

from selection.rules.eligibility_rules import NEXT_DAY, Rule

MEASURE = "《浙江省社会工作领军人才选拔办法》（浙民慈〔2021〕31号）"
OURS = "本系统默认，主办单位可改"


def _rule(
    id: str, kind: str, force: str, name: str, name_en: str, source: str, decides: str, **params: Any
) -> Rule:
    return Rule(id, 1, kind, force, name, name_en, source, decides, params)


DEFAULT_RULES: tuple[Rule, ...] = (
    _rule(
        "E01", "choice_in", "hard", "岗位在城乡社区、事业单位或社会组织",
        "Post in a community, a public institution or a social organisation", f"{MEASURE}第二条", "reviewer",
        fact="setting", choices=["community", "public_institution", "social_organisation"], confirm=True,
    ),
    _rule(
        "E02", "not_flagged", "hard", "非公务员和参照公务员法管理人员", "Not a civil servant", OURS, "nominator",
        fact="is_civil_servant", confirm=True,
    ),
    _rule(
        "E03", "choice_in", "hard", "持有社会工作师以上证书", "Certificate of social worker or higher",
        f"{MEASURE}第五条第三项", "system", fact="certificate_level", choices=["intermediate", "senior"],
    ),
    _rule(
        "E04", "held_full_years", "hard", "证书持有满{years}年", "Certificate held for {years} full years",
        f"{MEASURE}第五条第三项", "system", fact="certified_on", years=3,
    ),
    _rule(
        "E05", "union_years", "hard", "直接从事社会工作满{years}年", "{years} years of direct practice",
        f"{MEASURE}第五条第四项", "system", fact="practice", years=5,
    ),
    _rule(
        "E06", "union_years", "hard", "在本省从事社会工作满{years}年", "{years} years of practice in the province",
        f"{MEASURE}第五条第四项", "system", fact="province_practice", years=3,
    ),
    _rule(
        "E07", "age_at_most", "soft", "年龄一般不超过{years}周岁", "Age generally at most {years}",
        f"{MEASURE}第五条第四项", "province", fact="born_on", years=55, **{NEXT_DAY: False},
    ),
    _rule(
        "E08", "person", "hard", "政治立场、遵纪守法和职业道德", "Political stance, lawfulness and professional ethics",
        f"{MEASURE}第五条第一、二项", "nominator",
    ),
    _rule(
        "E09", "person", "hard", "无刑事处罚，无影响期内的党纪政务处分，未被立案审查",
        "No criminal penalty, no sanction in force, not under investigation", OURS, "nominator",
    ),
    _rule(
        "E10", "dated_within_days", "hard", "本人和单位未列入严重失信名单，查询在{days}日以内",
        "Neither the person nor the unit on a dishonesty list, checked within {days} days", OURS, "nominator",
        fact="dishonesty_checked_on", days=30, confirm=True,
    ),
    _rule(
        "E11", "person", "hard", "单位为社会组织的，最近一次年检合格并已报送年报",
        "A social organisation has passed its last inspection and filed its annual report", OURS, "nominator",
    ),
    _rule(
        "E12", "register_clear", "hard", "未曾获得本称号", "Not recognised before", OURS, "system", fact="recognised",
    ),
    _rule(
        "E13", "register_clear", "hard", "不在撤销称号后{years}年的限制期内",
        "Not within {years} years of a revocation", OURS, "system", fact="revoked_on", years=3,
    ),
    _rule(
        "E14", "register_clear", "hard", "本轮只经一个渠道申报", "Put forward through one route only", OURS, "system",
        fact="other_routes",
    ),
    _rule(
        "E15", "valid_until", "warning", "职业资格证书登记在有效期内", "Registration of the certificate is valid", OURS,
        "reviewer", fact="registered_until",
    ),
    _rule(
        "E16", "person", "warning", "继续教育学时符合规定", "Hours of continuing education", OURS, "reviewer",
    ),
    _rule(
        "E17", "scoring_window", "scoring", "业绩计算近{years}年", "Results of the last {years} years count", OURS,
        "system", fact="awarded_on", years=5,
    ),
)  # fmt: skip
