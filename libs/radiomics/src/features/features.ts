/** Features of one class by their pyradiomics names, in the order of that class's documentation. */
export type Features = Readonly<Record<string, number>>;

/** Added inside logarithms, as pyradiomics does: the distance from 1 to the next double. */
export const ENTROPY_EPSILON = 2 ** -52;
