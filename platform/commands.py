"""The commands for what is inside an organisation: people, tokens, packs, the demo."""

from __future__ import annotations

import secrets
import sys
from pathlib import Path
from typing import Annotated

import typer

from fieldstone.kernel.errors import NotFound
from fieldstone.kernel.installation import Installation
from fieldstone.kernel.session import Tenant
from fieldstone.metadata import packs
from fieldstone.metadata.backfill import Drift
from fieldstone.metadata.pack_files import read_pack
from fieldstone.runtime import accounts, rollup_repair
from fieldstone.runtime.demo.check import check_recipes, lines_of
from fieldstone.runtime.demo.tenant import KEY, make_demo
from fieldstone.terminal import say, told, within

users = typer.Typer(no_args_is_help=True, help="People who may sign in.")
tokens = typer.Typer(no_args_is_help=True, help="Tokens for programs.")
pack_commands = typer.Typer(no_args_is_help=True, help="Packs of metadata.")
rollup_commands = typer.Typer(no_args_is_help=True, help="Roll-ups, kept exact by every save.")

TenantKey = Annotated[str, typer.Option("--tenant", help="Key of the organisation.")]
Account = Annotated[str, typer.Option("--account", "--user", help="What the person signs in with.")]


async def tenant_of(installation: Installation, key: str) -> Tenant:
    """Raises NotFound."""
    tenant = await installation.directory.find(key)
    if tenant is None:
        raise NotFound("tenant.unknown", key=key)
    return tenant


@users.command("create")
def user_create(  # the options of one command
    tenant: TenantKey,
    account: Account,
    name: Annotated[str, typer.Option(help="Full name.")] = "",
    profile: Annotated[str, typer.Option(help="A permission set.")] = "standard_user",
    password: Annotated[str, typer.Option(help="At least 12 characters; made if left out.")] = "",
    owner: Annotated[bool, typer.Option("--owner", help="Has all rights.")] = False,  # noqa: FBT002
) -> None:
    """Make a person who may sign in."""
    chosen = password or secrets.token_urlsafe(12)

    async def create(installation: Installation) -> None:
        found = await tenant_of(installation, tenant)
        values = {"name": name or account, "profile": profile}
        await accounts.create_user(
            installation.database,
            found,
            account=account,
            password=chosen,
            values=values,
            owner=owner,
        )
        print(say("%(account)s may sign in.", account=account))
        if not password:
            print(say("Password: %(password)s", password=chosen))

    within(create)


@users.command("list")
def user_list(tenant: TenantKey) -> None:
    """List the people of an organisation."""

    async def show(installation: Installation) -> None:
        found = await tenant_of(installation, tenant)
        for row in await accounts.list_users(installation.database, found):
            print(f"{row['account']}\t{row['profile'] or ''}\t{row['name'] or ''}")

    within(show)


@users.command("password")
def user_password(
    tenant: TenantKey,
    account: Account,
    password: Annotated[str, typer.Option(prompt=True, hide_input=True)],
) -> None:
    """Set a person's password; their sessions end."""

    async def change(installation: Installation) -> None:
        found = await tenant_of(installation, tenant)
        await accounts.change_password(installation.database, found, account, password)
        print(say("The password of %(account)s is changed.", account=account))

    within(change)


@tokens.command("create")
def token_create(
    tenant: TenantKey,
    account: Account,
    title: Annotated[str, typer.Option(help="What it is for.")] = "",
) -> None:
    """Print a token that acts as a person; it cannot be shown again."""

    async def create(installation: Installation) -> None:
        found = await tenant_of(installation, tenant)
        print(await accounts.create_token(installation.database, found, account, title))

    within(create)


@pack_commands.command("check")
def pack_check(
    source: Annotated[Path, typer.Argument(help="Folder or zip of the pack.")],
) -> None:
    """Report every problem of a pack with file, line and hint."""
    problems = packs.check_pack(source)
    if not problems:
        snapshot = packs.candidate(source)
        problems = check_recipes(read_pack(source), snapshot, lines_of(source))
    for each in problems:
        print(told(each.problem, f"{each.file}:{each.line}"))
    if problems:
        print(say("%(count)s problems.", count=len(problems)), file=sys.stderr)
        raise SystemExit(1)
    print(say("No problems."))


@pack_commands.command("install")
def pack_install(
    pack: Annotated[str, typer.Argument(help="Name of a built-in pack, or a folder or zip.")],
    tenant: TenantKey,
) -> None:
    """Install a pack, and the packs it needs, into an organisation."""

    async def install(installation: Installation) -> None:
        found = await tenant_of(installation, tenant)
        published = await packs.install(installation.database, found, packs.locate(pack))
        version = published[-1].version if published else 0
        if not published:
            print(say("The pack is installed already."))
        else:
            print(say("Installed as version %(version)s.", version=version))

    within(install)


@pack_commands.command("list")
def pack_list() -> None:
    """List the packs that come with the program."""
    for name, folder in packs.built_in().items():
        print(f"{name}\t{read_pack(folder).version}")


async def prepare_demo(pack: str, installation: Installation) -> None:
    """Makes the demo organisation if there is none, and says how to sign in."""
    password = installation.settings.demo_password

    def show(done: int, total: int, _object: str) -> None:
        if sys.stdout.isatty():
            print(f"\r{done}/{total}", end="", flush=True)

    print(say("Preparing the demo organisation …"), flush=True)
    await make_demo(installation.database, pack, password, show)
    print()
    print(say("Organisation: %(key)s", key=KEY))
    print(say("Accounts: admin, rep, and one for each profile"))
    print(say("Password: %(password)s", password=password), flush=True)


@rollup_commands.command("check")
def rollup_check(tenant: TenantKey) -> None:
    """Recompute every roll-up and tell where what is stored is wrong. Changes nothing."""

    async def check(installation: Installation) -> None:
        found = await tenant_of(installation, tenant)
        drifts = await rollup_repair.check(installation.database, found)
        for each in drifts:
            print(_drift_line(each))
        if any(each.wrong for each in drifts):
            raise SystemExit(1)

    within(check)


@rollup_commands.command("repair")
def rollup_mend(tenant: TenantKey) -> None:
    """Recompute every roll-up and store what is right, while everybody works on."""

    async def mend(installation: Installation) -> None:
        found = await tenant_of(installation, tenant)
        for name, mended in await rollup_repair.repair(installation.database, found):
            print(say("%(name)s: %(count)s records put right.", name=name, count=mended))

    within(mend)


def _drift_line(drift: Drift) -> str:
    name = f"{drift.rollup.field.object}.{drift.rollup.field.name}"
    if not drift.wrong:
        return f"✓ {name}"
    lines = [say("%(name)s: %(count)s records are wrong.", name=name, count=drift.wrong)]
    lines += [f"    {identity}: {held} → {right}" for identity, held, right in drift.sample]
    return "\n".join([f"✗ {lines[0]}", *lines[1:]])
