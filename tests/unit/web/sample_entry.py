"""Home and sign-in."""

from __future__ import annotations

from unit.web.sample_frame import Say

from fieldstone.web.contexts import (
    ActionView,
    NavItem,
    NoteView,
)
from fieldstone.web.home_contexts import HomePage, ModuleCard, StepView
from fieldstone.web.page_contexts import (
    DemoAccount,
    SigninPage,
)


def home_page(say: Say) -> HomePage:
    return HomePage(
        greeting=say("早上好，晓雨", "Good morning, Xiaoyu"),
        summary=say("4 月 2 日 星期四", "Thursday 2 April"),
        modules=(
            ModuleCard(
                label=say("线索", "Leads"),
                url="/o/lead",
                icon="target-arrow",
                color="cyan",
                mine=128,
                new_url="/o/lead/new",
                new_label=say("新建线索", "New lead"),
            ),
            ModuleCard(
                label=say("客户", "Accounts"),
                url="/o/account",
                icon="building",
                color="teal",
                mine=42,
                new_url="/o/account/new",
                new_label=say("新建客户", "New account"),
            ),
            ModuleCard(
                label=say("商机", "Opportunities"),
                url="/o/opportunity",
                icon="coin",
                color="blue",
                mine=12,
                new_url="/o/opportunity/new",
                new_label=say("新建商机", "New opportunity"),
            ),
            ModuleCard(
                label=say("报价", "Quotes"),
                url="/o/quote",
                icon="file-invoice",
                color="purple",
                mine=7,
            ),
            ModuleCard(
                label=say("合同", "Contracts"),
                url="/o/contract",
                icon="file-text",
                color="green",
                mine=3,
            ),
        ),
        recents=(
            NavItem(
                label=say("苏州恒川精密机械", "Hengchuan Precision"),
                url="/r/1",
                icon="building",
                color="teal",
                sub=say("10 分钟前", "10 min"),
            ),
            NavItem(
                label=say("Q-2026-0318 二期报价", "Q-2026-0318 Phase II"),
                url="/r/2",
                icon="file-invoice",
                color="purple",
                sub=say("1 小时前", "1 h"),
            ),
            NavItem(
                label=say("同方制药-冻干机上下料", "Tongfang - Lyo loader"),
                url="/r/3",
                icon="coin",
                color="blue",
                sub=say("昨天", "1 d"),
            ),
        ),
        steps=(
            StepView(
                label=say("认识你的模块", "Meet your modules"),
                text=say("看一看已经准备好的数据。", "Look at the data that is there."),
                url="/",
                icon="layout-grid",
                done=True,
            ),
            StepView(
                label=say("导入现有表格", "Bring your spreadsheet"),
                text=say("先试算，再导入，可撤销。", "Dry run first; it can be undone."),
                url="/import",
                icon="file-import",
            ),
            StepView(
                label=say("改成你的说法", "Use your own words"),
                text=say("把「客户」改成你们的叫法。", "Rename modules and fields."),
                url="/setup/terms",
                icon="language",
            ),
        ),
        actions=(
            ActionView(
                label=say("新建商机", "New opportunity"),
                url="/o/opportunity/new",
                icon="plus",
                primary=True,
            ),
        ),
    )


def signin_page(say: Say) -> SigninPage:
    return SigninPage(
        organization="demo",
        account="admin",
        problem=NoteView(
            title=say("账号或密码不正确。", "Wrong account or password."),
            text=say(
                "还可以尝试 3 次，之后账号会锁定 15 分钟。",
                "3 attempts left before a 15-minute lock.",
            ),
            kind="bad",
            icon="alert-circle",
        ),
        demo=(
            DemoAccount(
                account="admin", label=say("管理员", "Administrator"), password="demo-fieldstone"
            ),
            DemoAccount(
                account="rep", label=say("业务员", "Sales rep"), password="demo-fieldstone"
            ),
            DemoAccount(
                account="manager", label=say("销售经理", "Manager"), password="demo-fieldstone"
            ),
        ),
    )
