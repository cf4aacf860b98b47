"""The style sheet of a profile: the tokens of the panels, light and dark, wide and narrow, below one root."""

from __future__ import annotations

# Greys are mixed from the ink and the surface of the page, so that any theme keeps its contrast; a page that names
# neither (nbconvert, a mail) decides by the reader's own preference.
_TOKENS = """
.lepton-profile{--surface:var(--jp-layout-color1,var(--vscode-editor-background,#fff));
--ink:var(--jp-ui-font-color1,var(--vscode-foreground,rgba(0,0,0,.87)));--accent:var(--jp-brand-color1,#1976d2);
--warn:#9a5b00;--bad:#c4241c;--good:#1b7a3d}
@media(prefers-color-scheme:dark){:root:not(:has([data-jp-theme-light])) .lepton-profile{
--surface:var(--jp-layout-color1,var(--vscode-editor-background,#212121));
--ink:var(--jp-ui-font-color1,var(--vscode-foreground,rgba(255,255,255,.87)))}}
[data-jp-theme-light='false'] .lepton-profile,.vscode-dark .lepton-profile{
--accent:color-mix(in srgb,var(--jp-brand-color1,#2196f3) 70%,#fff);--warn:#f0b429;--bad:#ff8a80;--good:#6fcf8f}
.lepton-profile{--ink-2:color-mix(in srgb,var(--ink) 70%,var(--surface));
--line-3:color-mix(in srgb,var(--ink) 57%,var(--surface));--line-2:color-mix(in srgb,var(--ink) 24%,var(--surface));
--line-1:color-mix(in srgb,var(--ink) 10%,var(--surface));--fill-1:color-mix(in srgb,var(--ink) 4%,var(--surface));
--fill-2:color-mix(in srgb,var(--ink) 9%,var(--surface));
--mono:var(--jp-code-font-family,var(--vscode-editor-font-family,menlo,consolas,'DejaVu Sans Mono',monospace));
container:lepton-profile/inline-size;box-sizing:border-box;max-width:1100px;color:var(--ink);
background:var(--surface);
border:1px solid var(--line-2);border-radius:6px;overflow:hidden;text-align:start;
font:400 13px/20px var(--jp-ui-font-family,var(--vscode-font-family,system-ui,-apple-system,'Segoe UI',helvetica,
arial,sans-serif));
font-variant-numeric:tabular-nums lining-nums}
"""
_PARTS = """
P *{box-sizing:border-box}
P b{font-weight:600}
P .q{color:var(--ink-2)}
P code{font:12px var(--mono);background:none!important;padding:0;color:inherit;border:0}
P .head{display:flex;flex-wrap:wrap;gap:0 16px;align-items:baseline;padding:12px 16px;font-size:12px}
P .head>span,P .note{min-width:0;overflow-wrap:anywhere}
P .name{font-size:13px}
P .tell{padding:0 16px 8px;font-size:12px;color:var(--ink-2)}
P .part{padding:4px 16px 12px;font-size:12px}
P .title{font-weight:600;font-size:13px;margin-inline-end:8px}
P .bar{display:flex;gap:2px;height:12px;margin:4px 0}
P .bar>span{background:var(--line-3);min-width:1px}
P .bar>.t{background:var(--accent)}
P .bar>.o{background:var(--line-2)}
P .keys{display:flex;gap:2px 16px;flex-wrap:wrap}
P .keys>span{max-width:100%;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
P .keys.two{flex-wrap:nowrap;gap:2px}
P .keys.two>span{min-width:min-content}
P .scroll{overflow-x:auto;border-top:1px solid var(--line-1)}
P table{width:100%;border-collapse:separate;border-spacing:0;margin:0;border:0;font-size:12px;table-layout:fixed;
color:inherit;background:none}
P tr,P tbody tr:nth-child(odd),P tbody tr:nth-child(even){background:none}
P tbody tr:hover>*{background:var(--fill-1)}
P th,P td{padding:0 8px;height:32px;text-align:start;font-weight:400;border:0;border-bottom:1px solid var(--line-1);
white-space:nowrap;overflow:hidden;text-overflow:ellipsis;vertical-align:middle;background:none;max-width:none;
line-height:16px;color:inherit}
P th:first-child,P td:first-child{padding-inline-start:16px}
P th:last-child,P td:last-child{padding-inline-end:16px}
P thead th{height:28px;color:var(--ink-2);font-size:11px;border-bottom-color:var(--line-2)}
P tbody tr:last-child>*{border-bottom:0}
P .n{text-align:end}
P .aside>*{color:var(--ink-2)}
P caption{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
P svg{display:block;overflow:visible}
P .r{fill:var(--line-3)}
P .t{fill:var(--accent)}
P .m{stroke:var(--line-3);stroke-dasharray:4 3;fill:none}
P .badge{display:inline-block;padding:0 6px;border:1px solid var(--line-2);border-radius:2px;font-size:11px;
line-height:18px;color:var(--ink-2);white-space:nowrap;margin-inline-end:2px}
P .warning{color:var(--warn);border-color:color-mix(in srgb,var(--warn) 45%,var(--surface))}
P .error{color:var(--bad);border-color:color-mix(in srgb,var(--bad) 45%,var(--surface))}
P .said{display:-webkit-box;-webkit-box-orient:vertical;-webkit-line-clamp:2;overflow:hidden;white-space:normal;
font-size:11px;line-height:15px}
P .said .badge{line-height:13px}
P .meter{display:inline-block;width:24px;height:6px;background:var(--fill-2);border-radius:1px;overflow:hidden;
vertical-align:1px;margin-inline-end:4px}
P .meter>span{display:block;height:100%;min-width:1px;background:var(--line-3)}
P summary{list-style:none;cursor:pointer;overflow:hidden;text-overflow:ellipsis;padding:8px 0 8px 14px;
position:relative;font:12px/16px var(--mono)}
P summary::-webkit-details-marker{display:none}
P summary::before{content:'';position:absolute;left:1px;top:13px;width:5px;height:5px;border:solid var(--ink-2);
border-width:1.5px 1.5px 0 0;transform:rotate(45deg);opacity:.55}
P details[open]>summary::before{transform:rotate(135deg)}
P summary:hover::before{opacity:1}
P summary:focus-visible{outline:none;box-shadow:inset 0 0 0 2px var(--accent)}
P tr.more{display:none}
P tr:has(details[open])>*{border-bottom-color:transparent}
P tr:has(details[open])+tr.more{display:table-row}
P tr.more>td{white-space:normal;padding:0 0 12px 30px;height:auto;background:none;overflow:visible}
P tr.more>td>div{width:calc(100cqi - 48px)}
P .o{stroke:var(--accent);stroke-width:1.5;fill:none}
P .rest>summary{padding-inline-start:30px;font-family:inherit;color:var(--ink-2);border-top:1px solid var(--line-1)}
P .rest>summary::before{left:17px}
P dl{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:2px 12px;margin:0;font-size:12px;
line-height:18px}
P dt{color:var(--ink-2);font-weight:400}
P dd{margin:0;overflow-wrap:anywhere}
P dd ul{list-style:none;margin:0;padding:0}
P dd li{display:grid;grid-template-columns:minmax(0,180px) 96px 1fr;gap:8px;margin:0}
P dd li>span:first-child{overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
P .foot{font-size:11px;color:var(--ink-2);padding:6px 16px;border-top:1px solid var(--line-1);display:flex;
align-items:baseline;gap:0 16px;flex-wrap:wrap}
P .foot code{font-size:11px;color:var(--ink)}
P .c-name{width:150px}P .c-type{width:132px}P .c-missing{width:88px}P .c-distinct{width:66px}P .c-picture{
width:124px}P .c-range{width:148px}
P .c-psi{width:64px}P .c-effect{width:128px}
@container lepton-profile (max-width:720px){
P .wide{display:none}
P .said{display:block;white-space:nowrap;text-overflow:clip}
P table{min-width:352px}
P th,P td{padding-inline:6px}
P th:first-child,P td:first-child{padding-inline-start:12px}
P th:last-child,P td:last-child{padding-inline-end:12px}
P .head,P .part,P .tell,P .foot{padding-inline:12px}
P .c-name{width:116px}P .c-type{width:66px}P .c-picture{width:120px}
P td:has(>.said){text-overflow:clip;padding-inline-end:2px}
P tr.more>td{padding-inline:26px 0}
P tr.more>td>div{width:calc(100cqi - 40px)}
P .rest>summary{padding-inline-start:26px}P .rest>summary::before{left:13px}
P dl{grid-template-columns:minmax(0,1fr)}
P dt{margin-top:4px}
P dd li{grid-template-columns:minmax(0,1fr) 64px max-content}
}
"""

# The root is named twice: the rules of JupyterLab for tables and code would win over a single class.
STYLE = (_TOKENS + _PARTS.replace("P ", ".lepton-profile.lepton-profile ")).replace("\n", "")
