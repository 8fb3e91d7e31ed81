/** The sites of a run from a stage on. */
export interface SiteSet {
  readonly generation: number;
  readonly fromStage: number;
  readonly sites: readonly string[];
}

/** Which set holds in a stage: the latest that begins there or before. */
export function siteSetAt(sets: readonly SiteSet[], stage: number): SiteSet {
  const begun = sets.filter(({ fromStage }) => fromStage <= stage);
  return begun.reduce((latest, set) => (set.generation > latest.generation ? set : latest));
}
