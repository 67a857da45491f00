"""What the web application can be told."""

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class WebSettings(BaseSettings):
    """Settings of `python -m liveclass.web`, from environment variables that begin with `LIVECLASS_`."""

    model_config = SettingsConfigDict(env_prefix="LIVECLASS_", frozen=True)

    web_host: str = Field("127.0.0.1", description="Address that the web application listens on, behind the edge.")
    web_port: int = Field(8081, ge=1, le=65535, description="Port of the web application.")
