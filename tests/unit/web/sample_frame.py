"""Who reads, in which language, and the frame around the sample pages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from fieldstone.web.contexts import (
    NavGroup,
    NavItem,
    NoteView,
    OptionView,
    ShellView,
    SiteView,
    ToastView,
    UserView,
    ValueView,
)

Say = Callable[[str, str], str]


STAGES = (
    ("qualify", "初步接触", "Qualify", "gray"),
    ("discovery", "需求确认", "Discovery", "cyan"),
    ("proposal", "方案报价", "Proposal", "purple"),
    ("negotiation", "商务谈判", "Negotiation", "amber"),
    ("won", "赢单", "Won", "green"),
)


def in_language(locale: str) -> Say:
    return (lambda zh, en: zh) if locale == "zh_CN" else (lambda zh, en: en)


def site(theme: str = "light", density: str = "comfortable") -> SiteView:
    return SiteView(theme=theme, density=density, csrf_token="sample", path="/")  # type: ignore[arg-type]  # sample values


def shell(say: Say, current: str = "opportunity") -> ShellView:
    def module(name: str, icon: str, zh: str, en: str, count: str = "") -> NavItem:
        return NavItem(
            label=say(zh, en), url=f"/o/{name}", icon=icon, current=name == current, count=count
        )

    return ShellView(
        org=say("云帆智能科技", "Yunfan Robotics"),
        app=say("销售云", "Sales"),
        user=UserView(name=say("林晓雨", "Lin Xiaoyu"), account="linxiaoyu", color="purple"),
        apps=(
            NavItem(
                label=say("销售云", "Sales"),
                url="/app/sales",
                icon="chart-bar",
                color="blue",
                current=True,
            ),
            NavItem(
                label=say("服务云", "Service"), url="/app/service", icon="headset", color="teal"
            ),
        ),
        groups=(
            NavGroup(
                items=(
                    NavItem(
                        label=say("首页", "Home"), url="/", icon="home", current=current == "home"
                    ),
                    NavItem(
                        label=say("收件箱", "Inbox"),
                        url="/inbox",
                        icon="inbox",
                        count="6",
                        is_new=True,
                    ),
                )
            ),
            NavGroup(
                label=say("销售", "Sales"),
                items=(
                    module("lead", "target-arrow", "线索", "Leads", "128"),
                    module("account", "building", "客户", "Accounts"),
                    module("contact", "user", "联系人", "Contacts"),
                    module("opportunity", "coin", "商机", "Opportunities", "36"),
                    module("quote", "file-invoice", "报价", "Quotes"),
                    module("contract", "file-text", "合同", "Contracts"),
                ),
            ),
        ),
        new_items=(
            NavItem(
                label=say("线索", "Lead"), url="/o/lead/new", icon="target-arrow", color="cyan"
            ),
            NavItem(
                label=say("客户", "Account"), url="/o/account/new", icon="building", color="teal"
            ),
            NavItem(
                label=say("商机", "Opportunity"),
                url="/o/opportunity/new",
                icon="coin",
                color="blue",
            ),
        ),
        setup_url="/setup",
        search_url="/search",
        inbox=NavItem(label=say("收件箱", "Inbox"), url="/inbox", icon="inbox", count="6"),
        profile_url="/me",
    )


def with_toast(frame: ShellView, say: Say) -> ShellView:
    toast = ToastView(
        text=say("已删除「金桥印刷-纸卷立库」", 'Deleted "Jinqiao - Reel high-bay"'),
        icon="trash",
        undo_url="/undo",
    )
    note = NoteView(
        title=say("7 处改动还没有发布。", "7 changes are not published yet."),
        text=say("只有你和管理员能看到。", "Only you and administrators see them."),
        icon="pencil",
    )
    return replace(frame, toasts=(toast,), notes=(note,))


def stage_options(say: Say) -> tuple[OptionView, ...]:
    return tuple(
        OptionView(code=code, label=say(zh, en), color=color) for code, zh, en, color in STAGES
    )


def stage_value(say: Say, at: int) -> ValueView:
    option = stage_options(say)[at]
    return ValueView(raw=option.code, text=option.label, color=option.color)
