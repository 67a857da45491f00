"""What the web application can be told."""

from pydantic import Field

from liveclass.runtime.settings import TokenSettings


class WebSettings(TokenSettings):
    """Settings of `python -m liveclass.web`, from environment variables that begin with `LIVECLASS_`."""

    web_host: str = Field("127.0.0.1", description="Address that the web application listens on, behind the edge.")
    web_port: int = Field(8081, ge=1, le=65535, description="Port of the web application.")
    detection_metrics_address: str = Field(
        "localhost:9101", description="Address of detection's /metrics; a name of many addresses is all its replicas."
    )
    session_metrics_address: str = Field("localhost:9102", description="The same of the session service.")
    grafana_url: str = Field("", pattern="^(https?://.*)?$", description="Grafana, for a link on the operator's page.")
    docs_url: str = Field("", pattern="^(https?://.*)?$", description="This documentation, for a link there.")
