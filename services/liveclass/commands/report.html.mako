<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${session.display_name or session.name}</title>
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
  .axis { position: relative; height: 1.5rem; border-top: 1px solid var(--quiet); margin-top: .35rem; }
  .axis span { position: absolute; top: .15rem; font-size: .8rem; color: var(--quiet); white-space: nowrap; }
  .axis span::before { content: ""; position: absolute; top: -.3rem; left: 0; height: .3rem; border-left: 1px solid var(--quiet); }
  .legend { display: flex; flex-wrap: wrap; gap: .2rem 1rem; margin: .6rem 0 1.4rem; padding: 0; list-style: none; font-size: .9rem; }
  .swatch { display: inline-block; width: .85rem; height: .85rem; border-radius: .15rem; vertical-align: -.08rem; margin-right: .3rem; position: relative; overflow: hidden; }
  .moments { list-style: none; margin: 0; padding: 0; }
  .moments li { display: flex; gap: .6rem; align-items: baseline; padding: .3rem 0; border-top: 1px solid var(--line); }
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
    footer { margin-top: 1rem; font-size: .8rem; }
  }
</style>
</head>
<body>
<header>
  <h1>${session.display_name or session.name}</h1>
  % if session.display_name:
  <p class="quiet name">${session.name}</p>
  % endif
  <p>${when}${"" if session.end_time else " · still running"}</p>
  <div class="tiles">
    <div class="tile">strongest<b>${strongest.emotion.label if strongest else "not shown"}</b><small>${"mean score %.2f" % strongest.mean_score if strongest else "the group was too small"}</small></div>
    <div class="tile">largest group<b>${largest_group or "–"}</b><small>faces seen at once</small></div>
    <div class="tile">faces<b>${f"{total.faces:,}" if total.faces else "–"}</b><small>${f"in {total.frames:,} frames" if total.frames else "not shown"}</small></div>
    <div class="tile">coverage<b>${f"{total.coverage:.0%}" if total.faces else "–"}</b><small>of the faces seen could be read</small></div>
  </div>
</header>

<section>
  <h2>The class over time</h2>
  <ul class="legend">
    % for name, hue in legend:
    <li><span class="swatch" style="background:${hue}"></span>${name}</li>
    % endfor
    % if suppressed:
    <li><span class="swatch"><span class="hatched" style="left:0;right:0"></span></span>suppressed</li>
    % endif
  </ul>
  <div class="chart">
    <svg viewBox="0 0 1000 100" preserveAspectRatio="none" role="img" aria-label="Mean score of each emotion over time, stacked" shape-rendering="crispEdges">
      % for layer in layers:
      <path fill="${layer.colour}" d="${layer.path}"/>
      % endfor
      % for place in stretches:
      <rect x="${"%.2f" % (place.left * 10)}" y="0" width="${"%.2f" % (place.width * 10)}" height="100" fill="transparent"><title>${place.label}</title></rect>
      % endfor
    </svg>
    % for place in suppressed:
    <div class="hatched" style="left:${place.left}%;width:${place.width}%" title="${place.label}"></div>
    % endfor
    % for number, (left, *_) in enumerate(moments, start=1):
    <div class="moment" style="left:${left}%"><span class="badge">${number}</span></div>
    % endfor
  </div>
  <p class="caption">group size, up to ${largest_group}</p>
  <div class="groups">
    <svg viewBox="0 0 1000 100" preserveAspectRatio="none" role="img" aria-label="Group size over time" shape-rendering="crispEdges"><path d="${groups}"/></svg>
    % for place in suppressed:
    <div class="hatched" style="left:${place.left}%;width:${place.width}%"></div>
    % endfor
  </div>
  <div class="axis">
    % for tick in ticks:
    <span style="left:${tick.left}%">&thinsp;${tick.label}</span>
    % endfor
  </div>
  <p class="quiet">Each column is the mean over all faces of ${resolution}.
  % if suppressed:
  Hatched: fewer than ${session.minimum_group_size} faces, or a stretch that would give such a group away.
  % endif
  </p>
</section>

<section>
  <h2>Moments of change</h2>
  % if moments:
  <ol class="moments">
    % for number, (_, clock, sentence, hue) in enumerate(moments, start=1):
    <li><span class="badge">${number}</span><span class="figures">${clock}</span><span><span class="swatch" style="background:${hue}"></span>${sentence}</span></li>
    % endfor
  </ol>
  % else:
  <p>The class did not change markedly at any one moment.</p>
  % endif
</section>

<section>
  <h2>The whole session</h2>
  % if bars:
  <table>
    <thead><tr><th>emotion</th><th style="width:40%">mean score</th><th></th><th class="wide">strongest in</th><th>per hour</th></tr></thead>
    <tbody>
    % for bar in bars:
      <tr>
        <td class="figures"><span class="swatch" style="background:${bar.colour}"></span>${bar.name}</td>
        <td><div class="meter"><i style="width:${"%.1f" % bar.mean}%;background:${bar.colour}"></i><u style="left:${"%.1f" % bar.low}%;width:${"%.1f" % (bar.high - bar.low)}%"></u></div></td>
        <td class="figures">${"%.2f" % (bar.mean / 100)}</td>
        <td class="figures wide">${"%.0f" % bar.top}% of faces</td>
        <td class="figures">${bar.trend}</td>
      </tr>
    % endfor
    </tbody>
  </table>
  <p class="quiet">The line on a bar is the 95 % interval of its mean; per hour is how the mean changed over the session.</p>
  % else:
  <p>Not shown: the group was smaller than ${session.minimum_group_size} throughout.</p>
  % endif
  % if pairs:
  <p>Most often seen together: ${"; ".join(f"{first} before {second} ({share} of faces)" for first, second, share in pairs)}.</p>
  % endif
</section>

<details>
  <summary>All figures</summary>
  <table>
    <thead><tr><th>from</th><th>what was seen</th></tr></thead>
    <tbody>
    % for clock, text in rows:
      <tr><td class="figures">${clock}</td><td>${text}</td></tr>
    % endfor
    </tbody>
  </table>
</details>

<footer class="quiet">
  <p>The scores are a model's estimate of what faces show, not of what people feel, and it is often wrong about a single
  face. Read them as the class's, over minutes, and never as one person's. Emotions of fewer than
  ${session.minimum_group_size} faces are never shown.</p>
  <p>No picture was kept. Times are local.</p>
</footer>
</body>
</html>
