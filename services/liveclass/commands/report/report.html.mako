<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<style>
  :root {
    --ground: #ffffff; --panel: #f5f6f8; --ink: #1d2129; --quiet: #5c6470; --line: #d5d9df; --hatch: #9aa1ab;
  }
  @media (prefers-color-scheme: dark) {
    :root { --ground: #14161a; --panel: #1f2229; --ink: #e8eaed; --quiet: #a3aab5; --line: #363b45; --hatch: #6b727d; }
  }
  @media print {
    :root { --ground: #fff; --panel: #f5f6f8; --ink: #000; --quiet: #444; --line: #bbb; --hatch: #888; }
  }
  * { box-sizing: border-box; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  body {
    margin: 0 auto; max-width: 60rem; padding: 1.5rem 1rem 3rem; background: var(--ground); color: var(--ink);
    font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", "Noto Sans", sans-serif;
  }
  h1 { font-size: 1.7rem; line-height: 1.2; margin: 0; }
  h2 { font-size: 1.15rem; margin: 2.2rem 0 .7rem; }
  p { margin: .4rem 0; }
  .quiet, small { color: var(--quiet); }
  .name { overflow-wrap: anywhere; }
  .tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(8.5rem, 1fr)); gap: .6rem; margin-top: 1.2rem; }
  .tile { background: var(--panel); border-radius: .5rem; padding: .6rem .8rem; }
  .tile b { display: block; font-size: 1.35rem; line-height: 1.3; }
  .chart { position: relative; height: 15rem; background: var(--panel); }
  .chart svg, .groups svg { display: block; width: 100%; height: 100%; }
  .groups { position: relative; height: 2.5rem; background: var(--panel); }
  .groups path { fill: var(--quiet); }
  .caption { font-size: .8rem; color: var(--quiet); margin: .5rem 0 .1rem; }
  .hatched {
    position: absolute; top: 0; bottom: 0;
    background: repeating-linear-gradient(135deg, transparent 0 5px, var(--hatch) 5px 6.5px);
  }
  .moment { position: absolute; top: -.6rem; bottom: 0; border-left: 2px dashed var(--ink); }
  .badge {
    display: inline-block; min-width: 1.35rem; height: 1.35rem; border-radius: .7rem; padding: 0 .3rem; text-align: center;
    font: 700 .8rem/1.35rem system-ui, sans-serif; background: var(--ink); color: var(--ground);
  }
  .moment .badge { position: absolute; top: -.75rem; left: -.75rem; }
  .marker { position: absolute; top: 0; bottom: 0; border-left: 2px solid var(--ink); }
  .letter {
    display: inline-block; min-width: 1.35rem; height: 1.35rem; padding: 0 .3rem; text-align: center;
    font: 700 .8rem/1.25rem system-ui, sans-serif; background: var(--ground); color: var(--ink); border: 1.5px solid var(--ink);
  }
  .marker .letter { position: absolute; bottom: .2rem; left: -1px; }
  .moments .badge, .moments .letter { justify-self: start; }
  .axis { position: relative; height: 2.6rem; border-top: 1px solid var(--quiet); margin-top: .35rem; }
  .axis span { position: absolute; top: .15rem; font-size: .8rem; line-height: 1.25; color: var(--quiet); white-space: nowrap; padding-left: .2rem; }
  .axis b { color: var(--ink); font-weight: 600; }
  .axis span::before { content: ""; position: absolute; top: -.3rem; left: 0; height: .3rem; border-left: 1px solid var(--quiet); }
  .paragraph { font-size: 1.08rem; margin: 1rem 0 0; max-width: 46rem; }
  .legend { display: flex; flex-wrap: wrap; gap: .2rem 1rem; margin: .6rem 0 1.4rem; padding: 0; list-style: none; font-size: .9rem; }
  .swatch { display: inline-block; width: .85rem; height: .85rem; border-radius: .15rem; vertical-align: -.08rem; margin-right: .3rem; position: relative; overflow: hidden; }
  .moments { list-style: none; margin: 0; padding: 0; }
  .moments li { display: grid; grid-template-columns: 1.9rem 4.8rem 4.6rem 1fr; gap: .6rem; align-items: baseline; padding: .3rem 0; border-top: 1px solid var(--line); }
  .moments li:first-child { border: 0; }
  table { border-collapse: collapse; width: 100%; }
  th, td { text-align: left; padding: .3rem .5rem .3rem 0; vertical-align: middle; }
  th { font-weight: 600; }
  tbody tr { border-top: 1px solid var(--line); }
  .meter { position: relative; height: 1rem; background: var(--panel); min-width: 6rem; }
  .meter i { position: absolute; top: 0; bottom: 0; left: 0; }
  .meter u { position: absolute; top: 50%; height: 0; border-top: 2px solid var(--ink); }
  .figures { white-space: nowrap; font-variant-numeric: tabular-nums; }
  details { margin-top: 1rem; }
  summary { cursor: pointer; }
  details td { font-size: .85rem; }
  footer { margin-top: 2.5rem; padding-top: .8rem; border-top: 1px solid var(--line); font-size: .88rem; }
  @media (max-width: 36rem) {
    .axis span:nth-child(even) { display: none; }
    .wide { display: none; }
    .chart { height: 12rem; }
    .moments li { grid-template-columns: 1.9rem 4.6rem 1fr; gap: .1rem .5rem; }
    .moments li .text { grid-column: 2 / -1; }
  }
  @media print {
    html { font-size: 12px; }
    body { max-width: none; padding: 0; }
    h1 { font-size: 1.4rem; }
    h2 { margin: 1rem 0 .4rem; }
    th, td { padding: .12rem .5rem .12rem 0; }
    p { margin: .2rem 0; }
    .tiles { margin-top: .6rem; }
    .chart { height: 9rem; }
    section { break-inside: avoid; }
    details { display: none; }
    .paragraph { font-size: 1rem; max-width: none; }
    footer { margin-top: 1rem; font-size: .8rem; }
  }
</style>
</head>
<body>
<%def name="chart_of(chart)">
  <div class="chart">
    <svg viewBox="0 0 1000 100" preserveAspectRatio="none" role="img" aria-label="Mean score of each emotion over time, stacked" shape-rendering="crispEdges">
      % for layer in chart.layers:
      <path fill="${layer.colour}" d="${layer.path}"/>
      % endfor
      % for place in chart.intervals:
      <rect x="${"%.2f" % (place.left * 10)}" y="0" width="${"%.2f" % (place.width * 10)}" height="100" fill="transparent"><title>${place.label}</title></rect>
      % endfor
    </svg>
    % for place in chart.suppressed:
    <div class="hatched" style="left:${place.left}%;width:${place.width}%" title="${place.label}"></div>
    % endfor
    % for moment in chart.changes:
    % if moment.left is not None:
    <div class="moment" style="left:${moment.left}%"><span class="badge">${moment.badge}</span></div>
    % endif
    % endfor
    % for moment in chart.markers:
    % if moment.left is not None:
    <div class="marker" style="left:${moment.left}%" title="${moment.text}"><span class="letter">${moment.badge}</span></div>
    % endif
    % endfor
  </div>
  <p class="caption">group size${f", up to {chart.lesson.largest_group}" if chart.lesson.largest_group else ""}</p>
  <div class="groups">
    <svg viewBox="0 0 1000 100" preserveAspectRatio="none" role="img" aria-label="Group size over time" shape-rendering="crispEdges"><path d="${chart.groups}"/></svg>
    % for place in chart.suppressed:
    <div class="hatched" style="left:${place.left}%;width:${place.width}%"></div>
    % endfor
  </div>
  <div class="axis">
    % for tick in chart.ticks:
    <span style="left:${tick.left}%"><b>${tick.label}</b><br>${tick.clock}</span>
    % endfor
  </div>
</%def>
<%def name="legend_of(has_hatched)">
  <ul class="legend">
    % for name, hue in legend:
    <li><span class="swatch" style="background:${hue}"></span>${name}</li>
    % endfor
    % if has_hatched:
    <li><span class="swatch"><span class="hatched" style="left:0;right:0"></span></span>too few people</li>
    % endif
  </ul>
</%def>
<%def name="moments_of(chart)">
  % if chart.markers:
  <h2>Marked</h2>
  <ol class="moments">
    % for moment in chart.markers:
    <li><span class="letter">${moment.badge}</span><span class="figures">${moment.since}</span><span class="figures quiet">${moment.clock}</span><span class="text">${moment.text}</span></li>
    % endfor
  </ol>
  % endif
  <h2>Moments of change</h2>
  % if chart.changes:
  <ol class="moments">
    % for moment in chart.changes:
    <li><span class="badge">${moment.badge}</span><span class="figures">${moment.since}</span><span class="figures quiet">${moment.clock}</span><span class="text"><span class="swatch" style="background:${moment.colour}"></span>${moment.text}</span></li>
    % endfor
  </ol>
  % else:
  <p>${chart.no_changes}</p>
  % endif
</%def>
<%def name="head_of(chart, level)">
  <h${level}>${chart.title}</h${level}>
  % if chart.title != chart.name:
  <p class="quiet name">${chart.name}</p>
  % endif
  <p>${chart.when}${" · still running" if chart.is_running else ""}</p>
  % if chart.scored_by:
  <p class="quiet">${chart.scored_by}</p>
  % endif
  <p class="paragraph">${chart.paragraph}</p>
</%def>

% if len(charts) == 1:
<% chart = charts[0] %>
<header>
  ${head_of(chart, 1)}
  <div class="tiles">
    % for what, figure, meaning in chart.tiles:
    <div class="tile">${what}<b>${figure}</b><small>${meaning}</small></div>
    % endfor
  </div>
</header>

<section>
  <h2>The class over time</h2>
  ${legend_of(bool(chart.suppressed))}
  ${chart_of(chart)}
  <p class="quiet">Minutes are counted from the first frame. Each column is the mean over all faces of ${chart.resolution}.
  % if chart.suppressed:
  Hatched: fewer than ${minimum} faces, or a stretch that would give such a group away.
  % endif
  </p>
</section>

<section>
  ${moments_of(chart)}
</section>

<section>
  <h2>${"This part of the lesson" if chart.lesson.is_part else "The whole lesson"}</h2>
  % if chart.bars:
  <table>
    <thead><tr><th>emotion</th><th style="width:40%">mean score</th><th></th><th class="wide">strongest in</th>
    % if chart.has_trends:
    <th>change</th>
    % endif
    </tr></thead>
    <tbody>
    % for bar in chart.bars:
      <tr>
        <td class="figures"><span class="swatch" style="background:${bar.colour}"></span>${bar.name}</td>
        <td><div class="meter"><i style="width:${"%.1f" % bar.mean}%;background:${bar.colour}"></i>
        % if bar.high > bar.low:
        <u style="left:${"%.1f" % bar.low}%;width:${"%.1f" % (bar.high - bar.low)}%"></u>
        % endif
        </div></td>
        <td class="figures">${"%.2f" % (bar.mean / 100)}</td>
        <td class="figures wide">${"%.0f" % bar.top}% of people</td>
        % if chart.has_trends:
        <td class="figures">${bar.trend}</td>
        % endif
      </tr>
    % endfor
    </tbody>
  </table>
  <p class="quiet">
  % if not chart.lesson.is_part:
  The line on a bar is the 95 % interval of its mean.
  % endif
  % if chart.has_trends:
  Change: by how much the mean changed from beginning to end, as a straight line has it.
  % endif
  </p>
  % else:
  <p>Not shown: too few people throughout.</p>
  % endif
  % if chart.pairs:
  <p>Most often seen together: ${"; ".join(f"{first} before {second} ({share} of the time)" for first, second, share in chart.pairs)}.</p>
  % endif
</section>

<details>
  <summary>All figures</summary>
  <table>
    <thead><tr><th>since the start</th><th>time</th><th>what was seen</th></tr></thead>
    <tbody>
    % for passed, clock, text in chart.rows:
      <tr><td class="figures">${passed}</td><td class="figures">${clock}</td><td>${text}</td></tr>
    % endfor
    </tbody>
  </table>
</details>
% else:
<header>
  <h1>Two lessons compared</h1>
  <p class="paragraph">${compared}</p>
</header>
% if differences:
<section>
  <h2>Side by side</h2>
  <table>
    <thead><tr><th>mean score</th><th colspan="2">${charts[0].title}</th><th colspan="2">${charts[1].title}</th><th>difference</th></tr></thead>
    <tbody>
    % for name, hue, first, second, difference in differences:
      <tr>
        <td class="figures"><span class="swatch" style="background:${hue}"></span>${name}</td>
        % for score in (first, second):
        <td style="width:25%"><div class="meter"><i style="width:${"%.1f" % (100 * score)}%;background:${hue}"></i></div></td>
        <td class="figures">${"%.2f" % score}</td>
        % endfor
        <td class="figures">${difference}</td>
      </tr>
    % endfor
    </tbody>
  </table>
</section>
% endif
% for chart in charts:
<section>
  ${head_of(chart, 2)}
  ${legend_of(bool(chart.suppressed))}
  ${chart_of(chart)}
  ${moments_of(chart)}
</section>
% endfor
% endif

<footer class="quiet">
  <p>The scores are a model's estimate of what faces show, not of what people feel, and it is often wrong about a single
  face. Read them as the class's, over minutes, and never as one person's. Emotions of fewer than
  ${minimum} faces are never shown.</p>
  <p>No picture was kept. Times are local.</p>
</footer>
</body>
</html>
