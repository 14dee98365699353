/** The look of the report. Colors are chosen for contrast of at least 4.5:1 in both schemes. */
export const PAGE_STYLE = `
:root { color-scheme: light dark;
  --page: #ffffff; --text: #1b1f24; --quiet: #57606a; --line: #d0d7de; --card: #f6f8fa; --focus: #0550ae;
  --good: #116329; --good-back: #dafbe1; --bad: #a40e26; --bad-back: #ffebe9; --note: #7d4e00; --note-back: #fff8c5; --arrow: #57606a; }
@media (prefers-color-scheme: dark) { :root {
  --page: #0d1117; --text: #e6edf3; --quiet: #9198a1; --line: #30363d; --card: #161b22; --focus: #79c0ff;
  --good: #56d364; --good-back: #12261e; --bad: #ff7b72; --bad-back: #2d1315; --note: #e3b341; --note-back: #272115; --arrow: #9198a1; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--text); font: 15px/1.45 system-ui, sans-serif; }
header, main { max-width: 1240px; margin: 0 auto; padding: 0 16px; }
h1 { font-size: 22px; margin: 20px 0 4px; } h2 { font-size: 18px; margin: 28px 0 8px; } h3 { font-size: 15px; margin: 20px 0 6px; }
code, .mono { font: 13px/1.4 ui-monospace, monospace; overflow-wrap: anywhere; }
.quiet { color: var(--quiet); }
.verdict { display: inline-block; padding: 2px 12px; border-radius: 12px; font-weight: 600; }
.good { color: var(--good); background: var(--good-back); } .bad { color: var(--bad); background: var(--bad-back); }
.note { color: var(--note); background: var(--note-back); }
ol.steps { list-style: none; padding: 0; margin: 0; }
ol.steps li { padding: 3px 0; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; display: grid; grid-template-columns: max-content minmax(0, 1fr); align-items: baseline; }
ol.steps li > div { grid-column: 2; }
ol.steps a { color: inherit; text-decoration-color: var(--line); text-underline-offset: 3px; }
.mark { display: inline-block; min-width: 3.6em; text-align: center; border-radius: 6px; font-size: 12px; font-weight: 600; padding: 1px 6px; margin-right: 8px; }
.reasons li { overflow-wrap: anywhere; }
.skip { position: absolute; left: -9999px; } .skip:focus { left: 16px; top: 8px; z-index: 3; padding: 6px 12px; background: var(--page); color: var(--focus); outline: 2px solid var(--focus); }
main:focus { outline: none; }
.top { position: sticky; top: 0; z-index: 2; background: var(--page); border-bottom: 1px solid var(--line); border-radius: 8px 8px 0 0; }
.tools { padding: 8px 10px; display: flex; flex-wrap: wrap; gap: 6px 14px; align-items: center; }
.tools input[type=search] { font: inherit; padding: 4px 8px; min-width: 160px; flex: 1 1 160px; max-width: 320px; color: inherit; background: var(--card); border: 1px solid var(--line); border-radius: 6px; }
.tools label { white-space: nowrap; }
.diagram { --lane: calc((min(100vw, 1240px) - 32px - 2px - 80px - var(--bar)) / var(--lanes)); --bar: 16px; border: 1px solid var(--line); border-radius: 8px; }
.heads { display: flex; padding-left: 80px; border-top: 1px solid var(--line); background: var(--card); }
.heads div { flex: 0 0 var(--lane); min-width: 0; padding: 6px 2px; text-align: center; font-size: 11px; overflow-wrap: break-word; }
.heads b { display: block; font-weight: 600; }
details.group > summary { cursor: pointer; }
details.group > summary .quiet { font-weight: 400; font-size: 13px; }
.more { font: inherit; margin: 8px 10px; padding: 6px 14px; color: inherit; background: var(--card); border: 1px solid var(--line); border-radius: 6px; cursor: pointer; }
p.note { padding: 6px 10px; border-radius: 6px; }
.stepline { padding: 8px 10px; background: var(--card); border-top: 1px solid var(--line); font-weight: 600; overflow-wrap: anywhere; } details.group { scroll-margin-top: 120px; }
details.event { border-top: 1px solid transparent; }
details.event > summary { list-style: none; display: flex; cursor: pointer; min-height: 38px; position: relative; }
details.event > summary::-webkit-details-marker { display: none; }
details.event > summary:hover, details.event[open] { background: var(--card); }
summary:focus-visible, a:focus-visible, input:focus-visible, button:focus-visible { outline: 2px solid var(--focus); outline-offset: -2px; }
.time { flex: 0 0 80px; padding: 10px 6px; font: 12px ui-monospace, monospace; color: var(--quiet); }
.lanes { position: relative; flex: 1; min-width: 0; background-image: linear-gradient(to right, transparent calc(50% - 1px), var(--line) calc(50% - 1px), var(--line) 50%, transparent 50%); background-size: var(--lane) 100%; width: calc(var(--lanes) * var(--lane)); }
.arrow { position: absolute; top: 27px; height: 0; border-top: 1.5px solid var(--arrow); }
.arrow::after { content: ""; position: absolute; top: -5px; border: 4.5px solid transparent; }
.arrow.right::after { right: -1px; border-left: 7px solid var(--arrow); border-right: 0; }
.arrow.left::after { left: -1px; border-right: 7px solid var(--arrow); border-left: 0; }
.dot { position: absolute; top: 23px; width: 9px; height: 9px; margin-left: -5px; border-radius: 50%; background: var(--arrow); }
.label { position: absolute; top: 4px; padding: 0 6px; font-size: 12.5px; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; background: var(--page); border-radius: 4px; }
.is-bad .arrow { border-color: var(--bad); } .is-bad .dot { background: var(--bad); } .is-bad .label { color: var(--bad); background: var(--bad-back); }
.is-bad .arrow.right::after { border-left-color: var(--bad); } .is-bad .arrow.left::after { border-right-color: var(--bad); }
.is-good .label { color: var(--good); } .is-note .label { color: var(--note); background: var(--note-back); }
.words { display: none; }
.facts { margin: 0; padding: 4px 12px 12px 80px; display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 2px 12px; font-size: 13px; }
.facts dt { color: var(--quiet); } .facts dd { margin: 0; overflow-wrap: anywhere; white-space: pre-wrap; }
footer { max-width: 1240px; margin: 24px auto; padding: 0 16px; color: var(--quiet); font-size: 13px; }
@media (max-width: 900px) {
  .heads, .lanes { display: none; } .top { position: static; }
  .time { flex-basis: 70px; } .words { display: block; padding: 8px 8px 8px 0; min-width: 0; overflow-wrap: anywhere; font-size: 13.5px; }
  .is-bad .words { color: var(--bad); } .is-good .words { color: var(--good); } .is-note .words { color: var(--note); }
  .facts { padding-left: 12px; grid-template-columns: minmax(0, 1fr); } .facts dd { margin-bottom: 4px; }
}
@media print { .tools { display: none; } .top { position: static; } }
`;
