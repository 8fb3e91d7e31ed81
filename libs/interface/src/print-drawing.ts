/**
 * Opens the browser's printing, where a PDF can be saved, for a drawing on a page of its own size. The drawing stays lines and letters. The page lies in a frame that nobody sees; its name is what
 * the browser proposes for the file.
 */
export function printDrawing(svg: string, name: string): void {
  const frame = document.createElement('iframe');
  frame.setAttribute('aria-hidden', 'true');
  frame.tabIndex = -1;
  frame.style.cssText = 'position: fixed; width: 0; height: 0; border: 0; visibility: hidden';
  document.body.append(frame);
  const page = frame.contentDocument!;
  const view = frame.contentWindow as Window & { readonly CSSStyleSheet: typeof CSSStyleSheet };
  const drawing = page.importNode(new DOMParser().parseFromString(svg, 'image/svg+xml').documentElement, true);
  const [width, height] = ['width', 'height'].map((side) => drawing.getAttribute(side)) as [string, string];
  const sheet = new view.CSSStyleSheet();
  sheet.replaceSync(`@page { size: ${width}px ${height}px; margin: 0 } html, body { margin: 0 } svg { display: block }`);
  page.adoptedStyleSheets = [sheet];
  page.body.append(drawing);
  // Browsers propose the title of the page that asks.
  const title = document.title;
  document.title = page.title = name.replace(/\.pdf$/, '');
  view.addEventListener('afterprint', () => {
    document.title = title;
    frame.remove();
  }, { once: true });
  view.print();
}
