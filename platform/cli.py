"""The command line. Each command is a few lines around a use case."""

from __future__ import annotations

import sys
from functools import partial
from typing import Annotated, Any

import typer

from fieldstone.commands import pack_commands, prepare_demo, rollup_commands, tokens, users
from fieldstone.kernel import catalogues
from fieldstone.kernel.doctor import examine
from fieldstone.kernel.errors import AppError, Problem
from fieldstone.kernel.findings import Finding
from fieldstone.kernel.i18n import CATALOGUES
from fieldstone.kernel.installation import Installation, InstallationError
from fieldstone.kernel.settings import Settings
from fieldstone.kernel.tenants import create_tenant, drop_tenant, list_tenants
from fieldstone.main import Serving, run
from fieldstone.terminal import fail, say, told, within

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
tenants = typer.Typer(no_args_is_help=True, help="The organisations of this installation.")
i18n = typer.Typer(no_args_is_help=True, help="Translations.")
app.add_typer(tenants, name="tenant")
app.add_typer(users, name="user")
app.add_typer(tokens, name="token")
app.add_typer(pack_commands, name="pack")
app.add_typer(rollup_commands, name="rollup")
app.add_typer(i18n, name="i18n")

Key = Annotated[str, typer.Argument(help="Lower-case letters, digits and hyphens.")]


def main() -> None:
    """The entry point: what a person can mend ends as a sentence, not as a trace."""
    try:
        app(standalone_mode=True)
    except InstallationError as error:
        fail(say(error.message, **error.params))
    except AppError as error:
        for problem in error.problems or (Problem(code=error.code, params=error.params),):
            print(told(problem, problem.path if ":" in problem.path else ""), file=sys.stderr)
        raise SystemExit(1) from None


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on.")] = None,
    worker: Annotated[bool, typer.Option(help="Run jobs in this process, too.")] = True,  # noqa: FBT002  # typer's way
) -> None:
    """Run the web server, and jobs beside it."""
    run(Serving(settings=changed(host, port), worker=worker, announce=announce))


@app.command()
def demo(
    pack: Annotated[str, typer.Argument(help="A pack with demo data.")],
    serve: Annotated[bool, typer.Option("--serve", help="Then run the server.")] = False,  # noqa: FBT002  # typer's way
) -> None:
    """Make the organisation `demo` with a pack and its demo data."""
    prepare = partial(prepare_demo, pack)
    if serve:
        run(Serving(settings=Settings(), first=prepare, announce=announce))
    else:
        within(prepare)


@app.command()
def worker() -> None:
    """Run jobs only."""
    run(Serving(settings=Settings(), web=False))


@app.command()
def migrate() -> None:
    """Bring all tables up to date; `serve` and `worker` do the same when they start."""

    async def nothing_more(_installation: Installation) -> None:
        print(say("All tables are up to date."))

    within(nothing_more)


@app.command()
def doctor() -> None:
    """Check everything an installation needs, and say what to do."""
    findings = examine(Settings())
    for finding in findings:
        print(report(finding))
    if not all(finding.ok or finding.optional for finding in findings):
        raise SystemExit(1)


@tenants.command("create")
def tenant_create(
    key: Key,
    name: Annotated[str, typer.Option(help="What the organisation is called.")] = "",
    language: Annotated[str, typer.Option(help="zh_CN or en.")] = "zh_CN",
    timezone: Annotated[str, typer.Option(help="For example Asia/Shanghai.")] = "Asia/Shanghai",
    currency: Annotated[str, typer.Option(help="For example CNY.")] = "CNY",
) -> None:
    """Make an empty organisation."""

    async def create(installation: Installation) -> None:
        called = {"en": name or key, "zh_CN": name or key}
        await create_tenant(
            installation.database,
            key,
            name=called,
            locale=language,
            timezone=timezone,
            currency=currency,
        )
        print(say("The organisation %(key)s is ready.", key=key))

    within(create)


@tenants.command("list")
def tenant_list() -> None:
    """List the organisations."""

    async def show(installation: Installation) -> None:
        for entry in await list_tenants(installation.database):
            print(f"{entry.tenant.key}\t{entry.status}\t{entry.created_at:%Y-%m-%d}")

    within(show)


@tenants.command("drop")
def tenant_drop(
    key: Key,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,  # noqa: FBT002  # typer's way
) -> None:
    """Remove an organisation with all its data."""
    question = say("Remove %(key)s and everything in it? This cannot be undone.", key=key)
    if not yes and not typer.confirm(question):
        raise SystemExit(1)

    async def drop(installation: Installation) -> None:
        if not await drop_tenant(installation.database, key):
            fail(say("There is no organisation %(key)s.", key=key))
        await installation.files.remove_all(key)
        print(say("The organisation %(key)s is gone.", key=key))

    within(drop)


@i18n.command("compile")
def i18n_compile() -> None:
    """Merge the catalogues into what programs read."""
    for path in catalogues.compile_all(CATALOGUES):
        print(path)


def changed(host: str | None, port: int | None) -> Settings:
    """The settings, with what the command line says instead."""
    given: dict[str, Any] = {"host": host, "port": port}
    wanted = {name: value for name, value in given.items() if value is not None}
    return Settings().model_copy(update=wanted)


def announce(address: str) -> None:
    print(say("Fieldstone is ready: %(address)s", address=address), flush=True)


def report(finding: Finding) -> str:
    """One line, and below it what to do."""
    lines = [f"{'✓' if finding.ok else '✗'} {say(finding.what, **finding.params)}"]
    if not finding.ok:
        lines += [f"    {line}" for line in finding.remedy.splitlines()]
        for database in dict.fromkeys(each.database for each in finding.sql):
            lines.append("    " + say("As a superuser, in the database %(name)s:", name=database))
            lines += [f"      {each.text}" for each in finding.sql if each.database == database]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
