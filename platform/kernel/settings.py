"""Settings from the environment (`FIELDSTONE_…`). docs/reference/settings.md lists them."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="FIELDSTONE_", extra="ignore")

    data: Path = Field(
        default=Path(".data"), description="Folder of the embedded database and of files."
    )
    database_url: str = Field(
        default="",
        description="PostgreSQL of the login role; empty: a private server in the data folder.",
    )
    owner_url: str = Field(default="", description="PostgreSQL of the owner role, for DDL.")
    installation: str = Field(
        default="fieldstone", description="Prefix of database roles; one per database of a server."
    )
    host: str = Field(default="127.0.0.1", description="Address that the web server listens on.")
    port: int = Field(default=8000, description="Port that the web server listens on.")
    pool_size: int = Field(default=10, description="Connections of one process to the database.")
    demo_password: str = Field(
        default="demo-fieldstone", description="Password of all demo accounts."
    )
    public_url: str = Field(default="", description="Address that people use, for links in mails.")
    secure_cookies: bool = Field(
        default=False, description="Set the cookie for HTTPS only; needed behind a TLS proxy."
    )
    log_format: str = Field(default="auto", description="json, text, or auto: text on a terminal.")
    log_level: str = Field(default="info", description="debug, info, warning or error.")
    development: bool = Field(default=False, description="Reload templates; show the style page.")


@lru_cache(maxsize=1)
def settings() -> Settings:
    return Settings()
