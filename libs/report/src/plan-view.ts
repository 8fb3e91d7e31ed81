/** What a report reads of a resolved plan, the canonical text that was approved and executed. */
export interface ReportPlan {
  readonly title: string;
  readonly version: number;
  readonly study: string;
  readonly sites: readonly string[];
  readonly disclosure: string;
  readonly secureAggregation: string;
  readonly seed: string;
  readonly quorum: number;
  readonly deadline: string;
  readonly onDropOut: string;
  readonly outcome: { readonly column: string; readonly type: string; readonly event: number | string; readonly horizon: string | null };
  readonly cohort: { readonly include: readonly PlanCondition[]; readonly training: PlanPart; readonly test: PlanPart | null };
  readonly extract?: { readonly sequences: readonly { readonly sequence: string; readonly settings: string }[] } | null;
  readonly features: { readonly columns: readonly string[]; readonly sequences?: readonly string[] } | null;
  readonly clinical: readonly { readonly column: string; readonly levels: readonly string[] | null; readonly reference: string | null }[];
  readonly folds: { readonly column: string; readonly count: number } | { readonly dealt: number } | null;
  readonly missing: { readonly features: string; readonly clinical: string; readonly dropAbove: number };
  readonly harmonise?: { readonly method: string; readonly batch: string | null; readonly covariates: readonly string[]; readonly empiricalBayes: boolean; readonly meanOnly: boolean; readonly leastPatients: number; readonly adapted: boolean } | null;
  readonly ownSiteScale: boolean;
  readonly describe?: { readonly agreement?: object | null };
  readonly select: PlanSelection | null;
  readonly models: readonly PlanModelView[];
  readonly pipeline?: PlanPipelineView | null;
  readonly evaluate: {
    readonly rows: readonly string[];
    readonly thresholds: readonly ({ readonly kind: 'fixed'; readonly value: number } | { readonly kind: 'youden' })[];
    readonly decisionThresholds: readonly number[];
    readonly riskCategories: readonly number[];
    readonly bootstrap: number;
    readonly subgroups: readonly { readonly column: string }[];
    readonly metaAnalysis: { readonly method: string; readonly interval: string; readonly prediction: string; readonly level: number };
    readonly leaveOneSiteOut: { readonly rows: string; readonly models: readonly string[] | null } | null;
  };
}

export interface PlanCondition {
  readonly column: string;
  readonly oneOf: readonly (string | number)[];
  readonly negate?: boolean;
}

export interface PlanPart {
  readonly where: readonly PlanCondition[];
  readonly sites: readonly string[] | null;
}

export interface PlanSelection {
  readonly agreement?: { readonly kind: string; readonly atLeast: number } | null;
  readonly perturbed?: { readonly atLeast: number } | null;
  readonly test: { readonly kind: string; readonly alpha: number } | null;
  readonly correlation: { readonly rule: string; readonly threshold: number } | null;
  readonly lasso: { readonly lambda: { readonly max: number; readonly min: number; readonly count: number }; readonly choose: string; readonly scaler: string; readonly family?: string; readonly mixing?: number } | null;
  readonly stepwise?: { readonly direction: string; readonly criterion: string } | null;
}

export interface PlanModelView {
  readonly name: string;
  readonly kind: string;
  readonly inputs: readonly unknown[];
  readonly penalty?: { readonly kind: string; readonly C?: number | readonly number[]; readonly mixing?: number };
  readonly scale?: string;
  readonly rule?: string;
}

export interface PlanPipelineView {
  readonly sequences: readonly { readonly name: string }[];
  readonly select: PlanSelection;
  readonly models: readonly { readonly kind: string; readonly penalty?: { readonly kind: string } }[];
  readonly keep: { readonly above: number; readonly confidence: number; readonly sharedAmongSequences: boolean; readonly standardErrors: number | null };
  readonly fusion: { readonly select: PlanSelection; readonly late: readonly string[] };
  readonly signature: readonly string[];
  readonly clinical: { readonly univariate: number | null; readonly stepwise: string | null };
  readonly volume: string | null;
  readonly vendor: string | null;
  readonly repeats: number;
  readonly permute: number;
}
