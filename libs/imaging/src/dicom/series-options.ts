/** Which intensities a series is read in. `display`: Rescale Slope and Intercept. `philips`: Philips' floating-point values, DV / (RS · SS). `real-world`: the Real World Value Mapping. */
export type Intensities = 'display' | 'philips' | 'real-world';

export interface SeriesOptions {
  /** The series of a folder that holds several, by its id in `listSeries`. */
  readonly series?: string;
  /** Default: 'display'. */
  readonly intensities?: Intensities;
  /**
   * Whole numbers stay in a whole pixel type, as ITK reads them; resampling then cuts every value to a whole one. Default: single precision, as files of other formats hold the same series.
   */
  readonly wholeNumbers?: boolean;
  /** Reads images that lossy compression changed; their texture is not that of the scanner. Default: refused. */
  readonly allowLossy?: boolean;
  /** Reads series whose slice spacing varies by more than 10 % or that miss a slice. Never resampled: the median spacing is stated. Default: refused. */
  readonly allowUneven?: boolean;
}
