import { useEffect, useMemo, useRef, useState } from 'react';
import type { Figure } from '@consilium/charts';
import { useMode } from './interface-provider.js';
import type { LiveChart } from './live-chart.js';

/** A figure's drawing at the width it has. The drawing program is loaded when the first figure is shown. */
export function Chart({ figure }: { readonly figure: Figure }) {
  const box = useRef<HTMLDivElement>(null);
  const chart = useRef<LiveChart>(undefined);
  const [width, setWidth] = useState(0);
  const { mode } = useMode();
  useEffect(() => {
    const watcher = new ResizeObserver(([entry]) => setWidth(Math.floor(entry!.contentRect.width)));
    watcher.observe(box.current!);
    return () => watcher.disconnect();
  }, []);
  useEffect(() => () => chart.current?.dispose(), []);
  const drawing = useMemo(() => (width > 0 ? figure.draw({ width, mode }) : null), [figure, width, mode]);
  useEffect(() => {
    if (drawing === null) return;
    let wanted = true;
    void import('./live-chart.js').then(({ liveChart }) => {
      if (!wanted || box.current === null) return;
      chart.current ??= liveChart(box.current);
      chart.current.show(drawing, width);
    });
    return () => {
      wanted = false;
    };
  }, [drawing, width]);
  return <div ref={box} className="chart" role="img" aria-label={`${figure.title}. ${figure.answer}`} style={{ height: drawing?.height ?? 320 }} />;
}
