export const KERNELS: readonly { readonly source: string; readonly carrier: string }[];
export function carrierOf(source: string): Promise<string>;
