"""Invented names. Drawn from common surnames and given names; whoever bears one by chance is not meant."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

SURNAMES = (
    "沈陆顾施柳祝应邵楼俞叶金章裘诸竺项骆童翁汤费鲍史岑薛雷贺倪滕殷罗毕郝邬安常乐于时傅皮卞齐康伍余元卜"
)
GIVEN = (
    "雨晴", "文渊", "思齐", "若兰", "景行", "清扬", "书宁", "秋实", "佳禾", "明远", "静姝", "可欣", "云舒", "向阳", "慧敏",
    "子衿", "晓岚", "望舒", "敏行", "致远", "梦琪", "海棠", "春晖", "立诚", "亦然", "青禾", "知微", "乐怡", "和煦", "修远",
    "念慈", "嘉言", "凌霜", "怀瑾", "元白", "语桐", "沐阳", "芷若", "行健", "允中", "岚", "颖", "洁", "琛", "恺", "菁", "蕴", "朔",
)  # fmt: skip


def names(random: Random) -> Iterator[str]:
    """Distinct names without end, the same for the same seed."""
    seen: set[str] = set()
    while True:
        name = random.choice(SURNAMES) + random.choice(GIVEN)
        if name not in seen:
            seen.add(name)
            yield name


BRANDS = (
    "青禾", "向阳", "同心", "暖流", "春雨", "晨曦", "益路", "邻里", "枫桥", "海岸", "双溪", "云和", "灯塔", "四季", "长庚",
    "知行", "守望", "连心", "安澜", "百合", "乐龄", "启明", "蒲公英", "小桔灯", "石榴籽", "和风", "朝露", "听涛", "松风", "新芽",
)  # fmt: skip
KINDS = ("社会工作服务中心", "社会工作发展中心", "社会福利院", "社区服务中心", "公益服务社")

UNIVERSITIES = (  # invented
    "东海大学", "钱江学院", "之江理工学院", "浙东师范学院", "南湖学院", "瓯江师范学院", "双龙学院", "剡溪学院",
)  # fmt: skip
ASSOCIATIONS = (  # invented
    "浙江民生社会工作研究会", "浙江社区治理促进会", "浙江养老服务促进会", "浙江儿童福利研究会", "浙江医务社工协作网",
    "浙江家庭服务促进会", "浙江志愿服务研究会", "浙江救助管理协会", "浙江残障服务促进会", "浙江青少年事务研究会",
    "浙江司法社工促进会", "浙江乡村社会工作研究会",
)  # fmt: skip
FEDERATION = "浙江省民生社会工作联合会"  # invented, as the other
DIRECT_NOMINATORS = (FEDERATION, "浙江省困境儿童服务指导中心")
BOARD = (
    {"role": "会长", "name": "应怀谷"},
    {"role": "副会长", "name": "楼听澜"},
    {"role": "秘书长", "name": "诸葛惟明"},
    {"role": "常务理事", "name": "贾望舒"},
)

SUMMARIES = {
    "children": "长期在一线为困境儿童提供个案和小组服务，牵头建立儿童关爱之家，带教本土社工。",
    "elderly": "扎根养老机构和社区，推动认知症友好社区建设，形成可复制的居家探访服务模式。",
    "community": "在老旧小区和农村社区开展协商治理，培育居民自组织，推动邻里互助常态化。",
    "relief": "为低收入家庭提供救助与增能服务，建立主动发现机制，链接多方资源持续跟进。",
    "medical": "在医院开展患者与家属支持服务，建立出院后社区衔接流程，培训医务志愿者。",
    "justice": "为社区矫正对象和涉罪未成年人提供帮教服务，建立家庭支持小组。",
    "disability": "为残障人士提供康复与就业支持，建立家长互助网络和辅助性就业工坊。",
    "training": "开发本土督导课程，多年承担持证社工继续教育和新人带教工作。",
}
ACHIEVEMENTS = (
    "近五年直接服务{people}人次，完成个案{cases}例、小组{groups}个，主持{projects}个服务项目，"
    "其中1个项目在省内三地推广；带教社工{mentees}名，{certified}名取得社会工作师证书。"
)
PLAN = (
    "工作室以“督导带教、服务示范、经验提炼”为目标，三年内每年带教不少于{mentees}人，开展培训{trainings}场，"
    "结对{stations}个社工站，其中1个在山区海岛县；预算主要用于培训督导和服务活动。"
)
COMMENTS = (
    "实绩扎实，证据充分。",
    "方案可行，预算合理。",
    "带教成效突出，建议总结推广。",
    "专业方法运用熟练。",
    "创新点清楚，有待扩大影响。",
)
OPINIONS = (
    "经审核，材料属实，同意推荐。",
    "工作表现突出，群众认可，同意推荐。",
    "业绩真实，符合条件，同意推荐。",
)
