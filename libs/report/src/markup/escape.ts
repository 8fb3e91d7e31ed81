/** Text as it stands between tags and in quoted attributes. */
export const escape = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

export type Attributes = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** An element around markup that is already safe. Attributes that are null, undefined or false are left out. */
export function element(name: string, attributes: Attributes, ...inner: readonly string[]): string {
  const own = Object.entries(attributes)
    .filter(([, value]) => value !== null && value !== undefined && value !== false)
    .map(([key, value]) => (value === true ? ` ${key}` : ` ${key}="${escape(String(value))}"`))
    .join('');
  return `<${name}${own}>${inner.join('')}</${name}>`;
}
