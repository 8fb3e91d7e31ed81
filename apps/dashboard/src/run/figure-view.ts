import { useNavigate, useSearch } from '@tanstack/react-router';
import type { FigureView } from '@consilium/interface';

/** Chart or table, as the address of the page says. */
export function useFigureView(): readonly [FigureView, (view: FigureView) => void] {
  const search = useSearch({ strict: false }) as { readonly view?: string };
  const navigate = useNavigate();
  const show = (view: FigureView): void => void navigate({ to: '.' as never, search: { ...search, view: view === 'table' ? view : undefined } as never, replace: true, resetScroll: false });
  return [search.view === 'table' ? 'table' : 'chart', show];
}
