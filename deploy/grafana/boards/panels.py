"""The few kinds of panel that the dashboards are made of, so that all of them look and read alike."""

from collections.abc import Sequence
from string import ascii_uppercase
from typing import NamedTuple

from grafana_foundation_sdk.builders import common as common_builders
from grafana_foundation_sdk.builders import dashboard as dashboards
from grafana_foundation_sdk.builders import prometheus, stat, timeseries
from grafana_foundation_sdk.models import common, dashboard

SOURCE = dashboard.DataSourceRef(type_val="prometheus", uid="${datasource}")
"""Whichever Prometheus is chosen at the top of the dashboard."""

NOT_OK = 'code!="OK"'

OURS = 'service=~"liveclass.*"'
"""Not health checks and reflection."""

HALF, THIRD, QUARTER = 12, 8, 6
"""Widths, of Grafana's 24 columns."""


class Query(NamedTuple):
    """A PromQL expression, and what its curves are called (`{{label}}` stands for a label's value)."""

    expr: str
    legend: str = ""


def calls(*matchers: str) -> str:
    """The rate of gRPC calls of our two services that match, such as `method="ClassifyFrame"`."""
    return f"rate(liveclass_grpc_requests_total{{{', '.join([OURS, *matchers])}}}[$__rate_interval])"


def quantiles(histogram: str, matcher: str) -> list[Query]:
    """The median, and what one in twenty and one in a hundred exceed."""
    buckets = f"sum by (le) (rate({histogram}_bucket{{{matcher}}}[$__rate_interval]))"
    return [Query(f"histogram_quantile({q}, {buckets})", f"p{round(100 * q)}") for q in (0.5, 0.95, 0.99)]


def curves(
    title: str, about: str, queries: Sequence[Query], unit: str, width: int = HALF, *, stacked: bool = False
) -> timeseries.Panel:
    """Figures over time. `about` says what a reader should make of them; `unit` is one of Grafana's ids."""
    panel = (
        timeseries.Panel()
        .title(title)
        .description(about)
        .datasource(SOURCE)
        .unit(unit)
        .min(0)
        .span(width)
        .height(8)
        .line_width(1)
        .fill_opacity(25 if stacked else 8)
        .show_points(common.VisibilityMode.NEVER)
        .legend(
            common_builders.VizLegendOptions()
            .show_legend(True)
            .display_mode(common.LegendDisplayMode.LIST)
            .placement(common.LegendPlacement.BOTTOM)
        )
        .tooltip(common_builders.VizTooltipOptions().mode(common.TooltipDisplayMode.MULTI))
    )
    if stacked:
        panel = panel.stacking(common_builders.StackingConfig().mode(common.StackingMode.NORMAL))
    for letter, query in zip(ascii_uppercase, queries, strict=False):  # as Grafana's own editor names them
        target = prometheus.Dataquery().ref_id(letter).expr(query.expr).legend_format(query.legend).range()
        panel = panel.with_target(target)
    return panel


def figure(
    title: str, about: str, expr: str, unit: str, width: int = QUARTER, *, bad_below: float | None = None
) -> stat.Panel:
    """One number as it is now; red under `bad_below`, where given."""
    steps = [dashboard.Threshold(value=None, color="red" if bad_below is not None else "blue")]
    if bad_below is not None:
        steps.append(dashboard.Threshold(value=bad_below, color="green"))
    return (
        stat.Panel()
        .title(title)
        .description(about)
        .datasource(SOURCE)
        .unit(unit)
        .span(width)
        .height(4)
        .graph_mode(common.BigValueGraphMode.NONE)
        .color_mode(common.BigValueColorMode.VALUE)
        .thresholds(dashboards.ThresholdsConfig().mode(dashboard.ThresholdsMode.ABSOLUTE).steps(steps))
        .with_target(prometheus.Dataquery().ref_id("A").expr(expr).instant())
    )


def board(uid: str, title: str, about: str, panels: Sequence[timeseries.Panel | stat.Panel]) -> dashboards.Dashboard:
    """A dashboard of the last hour, renewed every 30 seconds; a `figure` row goes before the curves."""
    result = (
        dashboards.Dashboard(title)
        .uid(uid)
        .description(about)
        .tags(["liveclass"])
        .readonly()
        .time("now-1h", "now")
        .refresh("30s")
        .timezone("browser")
        .tooltip(dashboard.DashboardCursorSync.CROSSHAIR)
        .link(
            dashboards.DashboardLink("Live class monitoring")
            .type(dashboard.DashboardLinkType.DASHBOARDS)
            .tags(["liveclass"])
            .include_vars(True)
            .keep_time(True)
        )
        .with_variable(dashboards.DatasourceVariable("datasource").label("Prometheus").type("prometheus"))
    )
    for number, panel in enumerate(panels, start=1):
        result = result.with_panel(panel.id(number))
    return result
