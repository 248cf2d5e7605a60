/** The report's style sheet. Colours keep a contrast of at least 4.5 to 1 on their ground, and none says anything alone. */
export const styles = `
:root{color-scheme:light dark;--ground:#fbfaf8;--card:#fff;--ink:#1d1f23;--soft:#5a5f69;--line:#dcdad5;--accent:#1f5fbf;--accent-soft:#dbe8fb;--second:#b3541e;--good:#1a6b3a;--good-soft:#e0f2e6;--bad:#a52a1f;--bad-soft:#fbe4e1;--unsure:#7a5a00;--unsure-soft:#fbf0d0;--grey:#8a8f99}
@media (prefers-color-scheme:dark){:root{--ground:#15171b;--card:#1d2025;--ink:#e8e6e1;--soft:#a9adb6;--line:#363a42;--accent:#8ab4f8;--accent-soft:#24364f;--second:#f0a36b;--good:#7fd29a;--good-soft:#1c3626;--bad:#f59a8f;--bad-soft:#432320;--unsure:#e8c766;--unsure-soft:#3b3115;--grey:#7d838e}}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;overflow-wrap:break-word}
main,header,footer{max-width:1200px;margin:0 auto;padding:0 20px}
header{padding-top:36px}
h1{font-size:1.15rem;font-weight:600;color:var(--soft);margin:0 0 12px}
h2{font-size:1.25rem;margin:44px 0 10px}
h3{font-size:1rem;margin:22px 0 8px}.case h3{margin:0 0 6px}
p{margin:8px 0}
.soft,.note{color:var(--soft)}
.note{font-size:.9rem}
.verdict{border-left:6px solid var(--unsure);background:var(--unsure-soft);padding:16px 20px;border-radius:4px 10px 10px 4px}
.verdict.neutral{border-color:var(--accent);background:var(--accent-soft)}
.verdict.good{border-color:var(--good);background:var(--good-soft)}
.verdict.bad{border-color:var(--bad);background:var(--bad-soft)}
.verdict p{margin:0;font-size:1.3rem;line-height:1.4;font-weight:600}
.points{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,300px),1fr));gap:12px;margin:16px 0 0;padding:0;list-style:none}
.points li{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:12px 16px}
.points b{display:block}
.points .bad b::before{content:"▲ ";color:var(--bad)}
.points .good b::before{content:"✓ ";color:var(--good)}
.scroll{overflow-x:auto;border:1px solid var(--line);border-radius:10px;background:var(--card)}
.scroll:focus-visible,summary:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums;font-size:.92rem}
caption{text-align:left;padding:10px 14px 0;color:var(--soft)}
th,td{padding:8px 12px;text-align:left;vertical-align:top;border-bottom:1px solid var(--line)}
tbody:last-child tr:last-child>*{border-bottom:0}
thead th{font-weight:600;color:var(--soft);vertical-align:bottom}
tbody th{font-weight:500;min-width:8.5em}
.number{text-align:right}td.number{white-space:nowrap}
.candidate{background:var(--accent-soft)}
.candidate th{font-weight:700}
.range{display:block;color:var(--soft);font-size:.82rem}
.bar{display:block;position:relative;height:8px;min-width:110px;margin-top:4px;background:var(--line);border-radius:4px}
.bar i{position:absolute;inset:0 auto 0 0;background:var(--grey);border-radius:4px}
.candidate .bar i{background:var(--accent)}
.bar u{position:absolute;top:3px;height:2px;background:var(--ink);opacity:.75}
.matrix td{text-align:center;min-width:44px}
.matrix th{white-space:nowrap}
.matrix thead th{padding:8px 4px;text-align:center}
.matrix thead th:first-child{vertical-align:bottom;padding:8px 12px;text-align:left}
.matrix thead th span{display:inline-block;writing-mode:vertical-rl;transform:rotate(180deg);max-height:18em;overflow:hidden;text-align:left}
.matrix .right{background:color-mix(in srgb,var(--accent) calc(var(--share)*40%),var(--card));font-weight:600}
.matrix .wrong{background:color-mix(in srgb,var(--second) calc(15% + var(--share)*30%),var(--card));font-weight:600}
.matrix .none{color:var(--soft)}
.first{position:sticky;left:0;background:var(--card)}
.candidate .first{background:var(--accent-soft)}
.charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,330px),1fr));gap:16px}
.spaced{margin-bottom:14px}
.chart{margin:0;max-width:600px;background:var(--card);border:1px solid var(--line);border-radius:10px;padding:12px}
.chart figcaption{font-weight:600}
.chart svg{width:100%;height:auto;display:block;max-width:520px;overflow:visible}
.chart text{font:12px system-ui,sans-serif;fill:var(--soft)}
.chart .grid{stroke:var(--line)}
.chart .diagonal{stroke:var(--grey);stroke-dasharray:4 4}
.chart polyline{fill:none;stroke-width:2;stroke-linejoin:round}
.series-1 polyline{stroke:var(--accent)}.series-1 circle{fill:var(--accent);fill-opacity:.85}
.series-2 polyline{stroke:var(--second)}.series-2 circle{fill:var(--second)}
.series-1 .band{fill:var(--accent);fill-opacity:.16}.series-1 .whisker{stroke:var(--accent);stroke-width:1.5}.series-2 .whisker{stroke:var(--second);stroke-width:1.5}.chart .dashed{stroke-dasharray:5 4}
.legend{margin:4px 0 0;font-size:.88rem;color:var(--soft)}
.legend span{margin-right:14px;white-space:nowrap}
.legend span::before{content:"";display:inline-block;width:18px;height:3px;vertical-align:middle;margin-right:6px;background:var(--accent)}
.legend .key-2::before{background:var(--second);height:8px;width:8px;border-radius:50%}
.cases{display:grid;gap:14px}
.case{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:14px 16px}
.case .request{font-weight:600;margin:0 0 8px;white-space:pre-wrap}
.request,.words,code,.user{unicode-bidi:isolate}
.expected{display:block;min-width:11em;max-width:22em;overflow-wrap:anywhere;font-weight:400;font-size:.86rem;color:var(--soft)}
thead th.wide{min-width:9em}
.answers{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,230px),1fr));gap:10px}
.answer{border:1px solid var(--line);border-radius:8px;padding:8px 12px;min-width:0}
.answer.is-right{border-color:var(--good)}
.answer.is-candidate{border-color:var(--accent)}
.answer h3{margin:0 0 4px;font-size:.85rem;color:var(--soft);font-weight:600}
.call{margin:0 0 6px;font:.86rem/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
.call ul{margin:0;padding:0 0 0 1.1em;list-style:none}
mark,.call ins,.call del{border-radius:3px;padding:0 3px;color:inherit}
mark{background:var(--bad-soft);box-shadow:0 0 0 1px var(--bad)}
.call ins{background:var(--bad-soft);text-decoration:none;box-shadow:0 0 0 1px var(--bad)}
.call del{color:var(--soft);text-decoration:line-through}
.words{white-space:pre-wrap;font-size:.9rem;margin:0 0 6px}
.tag{display:inline-block;border:1px solid currentColor;border-radius:99px;padding:0 8px;font-size:.78rem}
.pass{color:var(--good);font-weight:600}.fail{color:var(--bad);font-weight:600}
details{margin:12px 0}
summary{cursor:pointer;font-weight:600}
dl{display:grid;grid-template-columns:minmax(120px,auto) 1fr;gap:4px 18px;margin:10px 0}
dt{color:var(--soft)}dd{margin:0;min-width:0}
code{font:.86em ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;overflow-wrap:anywhere}
footer{margin-top:48px;padding-bottom:40px;color:var(--soft);font-size:.88rem}
.hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
@media (max-width:600px){body{font-size:15px}main,header,footer{padding:0 14px}header{padding-top:20px}.verdict p{font-size:1.12rem}dl{grid-template-columns:1fr}dd{margin-bottom:6px}th,td{padding:7px 9px}}
@media print{body{background:#fff}.scroll{overflow:visible}.case,.points li{break-inside:avoid}}
`;
