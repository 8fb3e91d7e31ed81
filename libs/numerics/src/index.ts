export {
  choleskyFactor,
  choleskyInverse,
  choleskyLogDeterminant,
  choleskySolve,
  lowerTriangularInverse,
} from './cholesky.js';
export { luDeterminant, luFactor, luSolve } from './lu.js';
export type { LuFactors } from './lu.js';
export { symmetricEigen } from './symmetric-eigen.js';
export { symmetricEigenvalues } from './symmetric-eigenvalues.js';
export type { SymmetricEigen } from './symmetric-eigen.js';
export {
  columnCombination,
  crossProduct,
  matrixMultiply,
  matrixVector,
  packSymmetric,
  symmetricCrossProduct,
  transposedProduct,
  unpackSymmetric,
} from './matrix-products.js';
export { compensatedSum, dotProduct, pairwiseSum } from './sums.js';
export { log1pExp, logSigmoid, logit, sigmoid } from './logistic.js';
export { gammaRegularisedP, gammaRegularisedQ, logGamma } from './gamma.js';
export { betaRegularised, betaRegularisedUpper } from './beta.js';
export { erf, erfc, normalCdf, normalDensity, normalQuantile, normalTwoSidedP, normalUpperTail } from './normal.js';
export {
  betaQuantile,
  chiSquaredCdf,
  chiSquaredQuantile,
  chiSquaredUpperTail,
  fQuantile,
  fUpperTail,
  studentTCdf,
  studentTQuantile,
  studentTTwoSidedP,
  studentTUpperTail,
} from './distributions.js';
export { KernelHeap, LARGE_KERNEL_MEMORY, type KernelImports } from './kernel-heap.js';
export { SeededRandom } from './seeded-random.js';
export { findRoot } from './root.js';
export type { RootOptions } from './root.js';
