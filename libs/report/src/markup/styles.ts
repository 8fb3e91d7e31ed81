import { palettes } from '@consilium/charts';

const { canvas, surface, sunken, ink, ink2, ink3, line, edge, accent, accentSoft, good, goodSoft, warn, warnSoft, bad, badSoft } = palettes.light;

/** Base64 of the letters, so that a page and its pictures look the same everywhere. */
export interface ReportFonts {
  readonly text: readonly string[];
  readonly mono: string;
}

const faces = ({ text, mono }: ReportFonts): string =>
  [
    ...text.map((file, i) => `@font-face{font-family:'Inter Variable';font-weight:100 900;src:url(data:font/woff2;base64,${file}) format('woff2');${RANGES[i] === undefined ? '' : `unicode-range:${RANGES[i]};`}}`),
    `@font-face{font-family:'IBM Plex Mono';src:url(data:font/woff2;base64,${mono}) format('woff2');}`,
  ].join('');

/** Latin, then Greek. */
const RANGES = [undefined, 'U+0370-03FF'] as const;

/** Light always: what is on the screen is what is printed. */
export const styles = (fonts: ReportFonts | null, foot: string): string => `${fonts === null ? '' : faces(fonts)}
:root{color-scheme:light}
*{box-sizing:border-box}
body{margin:0;background:${canvas};color:${ink};font:14px/20px 'Inter Variable',Inter,'Noto Sans SC',system-ui,sans-serif;font-feature-settings:'tnum'}
a{color:${accent}}
:focus-visible{outline:2px solid ${accent};outline-offset:2px}
.page{max-width:796px;margin:0 auto;padding:32px 48px 64px;background:${surface};border:1px solid ${line};border-width:0 1px}
h1{font-size:24px;line-height:32px;font-weight:650;margin:0 0 8px}
h2{font-size:20px;line-height:28px;font-weight:650;margin:48px 0 8px;padding-top:16px;border-top:1px solid ${line}}
h3{font-size:15px;line-height:22px;font-weight:600;margin:32px 0 8px}
p{margin:0 0 12px;max-width:74ch}
.answer{font-size:17px;line-height:27px}
.tag{display:inline-block;font-size:12px;line-height:16px;padding:2px 8px;border:1px solid ${edge};border-radius:11px;margin:0 8px 8px 0}
.facts{display:grid;grid-template-columns:max-content 1fr;gap:4px 16px;margin:16px 0;font-size:13px;line-height:18px}
.facts dt{color:${ink3}}
.facts dd{margin:0;overflow-wrap:anywhere}
code,.mono{font-family:'IBM Plex Mono',ui-monospace,monospace;font-size:12px}
nav ol{margin:8px 0 0;padding-left:24px;columns:2;column-gap:32px}
nav a{display:inline-block;min-height:24px;line-height:24px}
figure,.own-table{margin:24px 0 32px}
figcaption,caption{font-size:15px;line-height:22px;font-weight:400;text-align:left;margin-bottom:4px}
caption{caption-side:top;padding-bottom:4px}
.of{color:${ink2}}
.figure-answer{margin-bottom:8px}
.plot svg{max-width:100%;height:auto;display:block}
.legend,.foot,.note{font-size:12px;line-height:16px;color:${ink2};max-width:none;margin:4px 0}
.foot span{white-space:nowrap}
.absent{padding:8px 12px;border-left:3px solid ${line};color:${ink2};max-width:none}
details.data{margin-top:8px;font-size:13px}
summary{cursor:pointer;color:${accent};min-height:24px;width:max-content}
.table-box{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:13px;line-height:18px}
th,td{text-align:left;padding:5px 12px 5px 0;border-bottom:1px solid ${line};vertical-align:top;font-weight:400}
thead th{font-weight:600;color:${ink2};border-bottom:1px solid ${edge};vertical-align:bottom}
.num{text-align:right;white-space:nowrap}
th:last-child,td:last-child{padding-right:0}
.mark{margin-right:6px;vertical-align:-1px}
.suppressed{color:${ink2};text-align:right;background:repeating-linear-gradient(45deg,${sunken} 0 4px,${surface} 4px 8px)}
.state{white-space:nowrap;font-weight:600}
.filled{color:${good}}.needs-you{color:${warn}}.not-applicable{color:${ink3};font-weight:400}.failed{color:${bad}}
.box{padding:12px 16px;border:1px solid ${line};border-radius:8px;margin:12px 0}
.box.good{background:${goodSoft};border-color:${good}}.box.bad{background:${badSoft};border-color:${bad}}.box.warn{background:${warnSoft};border-color:${warn}}
.needs{background:${warnSoft};color:${warn};padding:0 3px;border-radius:2px}
.visually-hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.skip{position:absolute;left:-9999px}.skip:focus{left:8px;top:8px;background:${accentSoft};padding:8px}
@media (max-width:560px){.page{padding:16px 12px 48px;border-width:0}nav ol{columns:1}.facts{grid-template-columns:1fr}.facts dd{margin-bottom:6px}h2{margin-top:32px}.table-box{position:relative;container-type:inline-size}caption>span{display:block;position:sticky;left:0;max-width:100cqw}.table-box{background:linear-gradient(to left,${surface} 12px,transparent) right/28px 100% no-repeat local,linear-gradient(to left,${line},transparent) right/12px 100% no-repeat scroll}}
${printStyles(foot)}`;

/** A4, the foot of every page, and what paper does not need. */
const printStyles = (foot: string): string => `@page{size:A4;margin:18mm 18mm 20mm;@bottom-left{content:"${foot.replaceAll(/["\\\n]/g, ' ')}";font:8pt Inter,sans-serif;color:${ink2}}@bottom-right{content:counter(page) " of " counter(pages);font:8pt Inter,sans-serif;color:${ink2}}}
@media print{
body{background:none;font-size:10pt;line-height:14pt}
.page{max-width:none;margin:0;padding:0;border:0}
h2{break-before:page;margin-top:0;padding-top:0;border-top:0;font-size:15pt;line-height:20pt}
h3,figcaption,caption{break-after:avoid}
p,li{orphans:3;widows:3}
figure,tr,.box,.absent,table.short{break-inside:avoid}
thead{display:table-header-group}
tbody tr:nth-child(-n+2){break-after:avoid}tbody tr:nth-last-child(2){break-after:avoid}
table{font-size:8.5pt;line-height:11pt}
.answer{font-size:12pt;line-height:17pt}
.legend,.foot,.note{font-size:8pt;line-height:11pt}
.table-box{overflow:visible}
details.data,.skip{display:none}
a{color:inherit;text-decoration:none}
nav{break-after:avoid}
}`;
