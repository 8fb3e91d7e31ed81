export { combatValue, parseCombat, type CombatArtefact } from './combat-artefact.js';
export { CombatColumns, type BatchRows, type Columns } from './combat-columns.js';
export { batchEffects, type BatchEffects, type BatchSums, type CombatOptions } from './combat-effects.js';
export { ownScale } from './own-scale.js';
export { standardisationOf, type Standardisation } from './standardisation.js';
export { withinBatchSums, type WithinBatchSums } from './within-batch-sums.js';
