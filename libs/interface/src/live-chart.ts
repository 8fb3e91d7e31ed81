import { init } from 'echarts/core';
import type { Drawing } from '@consilium/charts';
import '@consilium/charts/svg';

export interface LiveChart {
  show(drawing: Drawing, width: number): void;
  dispose(): void;
}

/** A drawing in the page, which answers the pointer. */
export function liveChart(box: HTMLElement): LiveChart {
  const chart = init(box, null, { renderer: 'svg' });
  return {
    show: ({ option, height }, width) => {
      chart.resize({ width, height });
      // Shapes are not carried over: one would keep what the next does not name, its place or its dashes.
      chart.clear();
      chart.setOption(option);
    },
    dispose: () => chart.dispose(),
  };
}
