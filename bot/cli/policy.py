"""`vigil policy show | check | try | due`: what the policy says, whether a file may be used, and what would happen."""

import typer

policy = typer.Typer(help="The policy: what is owed, by when, and who is told.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Put the group on the root."""
    app.add_typer(policy, name="policy")
