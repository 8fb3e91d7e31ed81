import { figureJson, tableCsv, type Figure } from '@consilium/charts';
import { printDrawing } from './print-drawing.js';

export type FileKind = 'svg' | 'png' | 'pdf' | 'csv' | 'json';

/** Hands a file to the browser. */
export function save(name: string, content: string | Blob, type = 'text/plain'): void {
  const address = URL.createObjectURL(typeof content === 'string' ? new Blob([content], { type }) : content);
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

/** A figure as a file: the drawing always light, with its title and footer; the table; or everything. A PDF is what the browser's own printing makes of the drawing. */
export async function saveFigure(figure: Figure, kind: FileKind, { label, prefix }: { readonly label: string; readonly prefix: string }): Promise<void> {
  const name = `${prefix}${figure.id}.${kind}`;
  if (kind === 'csv') return save(name, tableCsv(figure.table), 'text/csv');
  if (kind === 'json') return save(name, figureJson(figure), 'application/json');
  const { figureSvg } = await import('@consilium/charts/svg');
  const svg = figureSvg(figure, { frame: true, label, width: 960 });
  if (kind === 'svg') return save(name, svg, 'image/svg+xml');
  if (kind === 'pdf') return printDrawing(svg, name);
  save(name, await pngOf(svg));
}

/** At twice the size. Fonts of the page do not reach an image, so the system's stand in. */
async function pngOf(svg: string): Promise<Blob> {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  await image.decode();
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [image.width * 2, image.height * 2];
  const context = canvas.getContext('2d')!;
  context.scale(2, 2);
  context.drawImage(image, 0, 0);
  return new Promise((resolve, reject) => canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('The picture could not be made.'))), 'image/png'));
}
