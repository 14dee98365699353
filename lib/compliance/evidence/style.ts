/** Colors keep a contrast of 4.5 to 1 or more on their background, light and dark. */
export const STYLE = `
:root { color-scheme: light dark; --bg: #fbfaf8; --card: #ffffff; --ink: #1d2327; --soft: #57606a; --line: #d9dce0; --link: #0b5cad;
  --good: #116329; --good-bg: #e3f4e6; --part: #7a4d00; --part-bg: #fdf0d5; --bad: #a40e26; --bad-bg: #fde7e9; --none: #4b535c; --none-bg: #eceef1; --code: #f0f1f3; }
@media (prefers-color-scheme: dark) { :root { --bg: #14181c; --card: #1c2127; --ink: #e7eaee; --soft: #a3adb8; --line: #353c45; --link: #7db8f5;
  --good: #7fdc98; --good-bg: #14301d; --part: #f2c46d; --part-bg: #35290f; --bad: #ff9aa5; --bad-bg: #3d171c; --none: #bcc4cd; --none-bg: #2b3138; --code: #272d34; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--bg); color: var(--ink); font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif; }
main, header, footer { max-width: 66rem; margin: 0 auto; padding: 0 1.25rem; }
header { padding-top: 2.5rem; }
h1 { font-size: 2rem; line-height: 1.2; margin: 0 0 .5rem; letter-spacing: -.01em; }
h2 { font-size: 1.35rem; line-height: 1.3; margin: 3rem 0 .75rem; padding-top: .5rem; border-top: 1px solid var(--line); }
h3 { font-size: 1rem; margin: 1.5rem 0 .4rem; }
p { margin: .4rem 0; max-width: 46rem; }
a { color: var(--link); }
a:focus-visible, summary:focus-visible, .scroll:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; border-radius: 3px; }
.skip { position: absolute; left: -100rem; }
.skip:focus { left: 1rem; top: 1rem; background: var(--card); padding: .5rem 1rem; z-index: 1; }
.soft { color: var(--soft); }
.small { font-size: .875rem; }
code { font: .86em/1.4 ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; background: var(--code); padding: .08em .3em; border-radius: 4px; overflow-wrap: anywhere; }
.counts { display: flex; flex-wrap: wrap; gap: .25rem 1.5rem; padding: 0; margin: 1rem 0; list-style: none; }
.counts b { font-size: 1.25rem; font-variant-numeric: tabular-nums; }
.verdict { font-size: 1.1rem; font-weight: 600; margin: 0; }
.tenets { list-style: none; padding: 0; margin: 1rem 0; display: grid; gap: .75rem; grid-template-columns: repeat(auto-fill, minmax(17rem, 1fr)); }
.tenets li { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: .9rem 1rem; display: flex; flex-direction: column; gap: .6rem; justify-content: space-between; }
.tenets a { text-decoration: none; font-weight: 600; color: var(--ink); }
.tenets a:hover { text-decoration: underline; }
.state { display: inline-flex; align-items: center; gap: .4em; width: max-content; max-width: 100%; padding: .12rem .6rem; border-radius: 999px; font-size: .84rem; font-weight: 600; }
.state::before { content: ""; width: .6em; height: .6em; flex: none; border-radius: 50%; background: currentColor; }
.shown, .on, .own { color: var(--good); background: var(--good-bg); }
.partly, .not-verified, .unknown, .warning { color: var(--part); background: var(--part-bg); }
.failed, .off, .others, .error, .fatal { color: var(--bad); background: var(--bad-bg); }
.nothing-to-judge, .absent, .shared { color: var(--none); background: var(--none-bg); }
.partly::before, .not-verified::before { border-radius: 0; transform: rotate(45deg); }
.failed::before { border-radius: 0; }
.nothing-to-judge::before { background: none; border: 2px solid currentColor; }
.tag { display: inline-block; padding: 0 .45rem; border-radius: 5px; font-size: .82rem; font-weight: 600; white-space: nowrap; }
ul.plain { padding-left: 1.1rem; margin: .3rem 0; }
ul.plain > li { margin: .35rem 0; overflow-wrap: anywhere; }
details { background: var(--card); border: 1px solid var(--line); border-radius: 10px; margin: .6rem 0; }
details > summary { cursor: pointer; padding: .6rem 1rem; font-weight: 600; overflow-wrap: anywhere; }
details > div { padding: 0 1rem .8rem; }
li > details { border: 0; background: none; margin: 0; }
ul.plain > li:has(> details) { list-style: none; margin-left: -1.1rem; }
li > details > summary { padding: 0; font-weight: 400; }
li > details > div { padding: .2rem 0 .4rem; }
.scroll { overflow-x: auto; margin: .5rem 0; }
table { border-collapse: collapse; width: 100%; font-size: .92rem; }
th, td { text-align: left; vertical-align: top; padding: .4rem .7rem .4rem 0; border-bottom: 1px solid var(--line); }
th { color: var(--soft); font-weight: 600; font-size: .84rem; }
tr:last-child td, tr:has(+ tr > td:first-child:empty) td { border-bottom: 0; }
tr > td:first-child:empty ~ td, tr:has(+ tr > td:first-child:empty) td { padding-top: .15rem; padding-bottom: .15rem; }
td.nowrap, span.nowrap { white-space: nowrap; }
.hash { font-size: .78rem; overflow-wrap: anywhere; }
footer { padding-bottom: 3rem; }
@media (max-width: 40rem) {
  h1 { font-size: 1.6rem; } header { padding-top: 1.5rem; }
  .stack thead { position: absolute; left: -100rem; }
  .stack tr, .stack td { display: block; border: 0; padding: 0; }
  .stack tr { padding: .5rem 0; border-bottom: 1px solid var(--line); }
  .stack td { margin: .1rem 0; } .stack td:empty { display: none; }
  .stack td[data-label]::before { content: attr(data-label) ": "; color: var(--soft); font-size: .84rem; }
}
@media print { body { background: #fff; font-size: 11px; } details > summary { list-style: none; } h2 { break-after: avoid; } tr, li { break-inside: avoid; } }
`;
