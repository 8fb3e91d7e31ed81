import { useNavigate, useSearch } from '@tanstack/react-router';
import type { FigureView } from '@consilium/interface';

/** Chart or table, as the address of the page says. */
export function useFigureView(): readonly [FigureView, (view: FigureView) => void] {
  const search: { readonly view?: string | undefined } = useSearch({ strict: false });
  const navigate = useNavigate();
  const show = (view: FigureView): void => void navigate({ to: '.', search: { ...search, view: view === 'table' ? view : undefined }, replace: true, resetScroll: false });
  return [search.view === 'table' ? 'table' : 'chart', show];
}
