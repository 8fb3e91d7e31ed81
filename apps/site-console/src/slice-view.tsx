import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { Failure, Skeleton } from '@consilium/interface';
import { ask } from './queries.js';
import type { PlaneName, Slice } from './types.js';
import { useSay } from './words/use-words.js';

interface SliceViewProps {
  readonly patient: string;
  readonly sequence: string;
  readonly plane: PlaneName;
  /** Where the region is largest; null for the middle. */
  readonly first: number | null;
}

const MIDDLE = 99_999;

/** A plane of an image with the region's outline; the slider goes through its slices. */
export function SliceView({ patient, sequence, plane, first }: SliceViewProps) {
  const { t } = useSay();
  const [index, setIndex] = useState(first ?? MIDDLE);
  const query = useQuery(ask.slice(patient, sequence, plane, index));
  const slice = query.data;
  const name = t('patient.planes', { returnObjects: true })[plane];
  // The agent answers with the last slice where there is no region; the middle one says more.
  useEffect(() => {
    if (slice && index === MIDDLE) setIndex(Math.floor(slice.count / 2));
  }, [slice, index]);
  if (query.error) return <Failure error={query.error} />;
  if (!slice) return <Skeleton height={260} />;
  const caption = t('patient.slice', { plane: name, n: slice.index + 1, count: slice.count });
  return (
    <figure className="slice" data-slice={plane}>
      <Picture slice={slice} label={caption} />
      <figcaption>
        <span>{caption}</span>
        <input type="range" min={0} max={slice.count - 1} value={Math.min(index, slice.count - 1)} aria-label={t('patient.sliceLabel', { plane: name })} aria-valuetext={caption} onChange={(event) => setIndex(Number(event.target.value))} />
      </figcaption>
    </figure>
  );
}

function Picture({ slice, label }: { readonly slice: Slice; readonly label: string }) {
  const { t } = useSay();
  const canvas = useRef<HTMLCanvasElement>(null);
  const { width, height, grey, pixel, outline } = slice;
  useEffect(() => {
    const context = canvas.current!.getContext('2d')!;
    const picture = context.createImageData(width, height);
    const bytes = Uint8Array.from(atob(grey), (letter) => letter.charCodeAt(0));
    bytes.forEach((value, i) => picture.data.set([value, value, value, 255], 4 * i));
    context.putImageData(picture, 0, 0);
  }, [width, height, grey]);
  const [wide, high] = [width * pixel[0], height * pixel[1]];
  const bar = (10 / wide) * 100;
  return (
    <div className="slice-stage" role="img" aria-label={label}>
      <div style={{ position: 'relative', aspectRatio: `${wide} / ${high}`, width: wide >= high ? '100%' : `${(100 * wide) / high}%`, margin: '0 auto' }}>
        <canvas ref={canvas} width={width} height={height} style={{ width: '100%', height: '100%', display: 'block' }} />
        <svg viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" aria-hidden="true">
          <path d={outline} fill="none" stroke="#ff9f40" strokeWidth="1.5" vectorEffect="non-scaling-stroke" />
        </svg>
        {bar < 80 && (
          <span className="slice-bar" style={{ width: `${bar}%` }}>
            {t('patient.scale')}
          </span>
        )}
      </div>
    </div>
  );
}
