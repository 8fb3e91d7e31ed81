export { canonicalJson } from './canonical-json.js';
export { canonicalPlan, planDigest } from './plan/canonical-plan.js';
export { parsePlan, type ParsedPlan, type ParseOptions, type PlanParse } from './plan/parse-plan.js';
export { planDictionarySchema, type PlanDictionary } from './plan/plan-dictionary.js';
export { type PlanProblem, problemSentence } from './plan/plan-problem.js';
export { type AnalysisPlan, planSchema } from './plan/plan-schema.js';
export { readPlan } from './plan/read-plan.js';
export { executePlan, type ExecuteOptions } from './run/execute-plan.js';
export { type Figure, isSuppressed, type RunResults, serialiseResults, type StageResults } from './run/run-results.js';
