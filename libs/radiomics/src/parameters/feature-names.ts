import type { FeatureClass } from '../settings.js';

const names = (text: string): readonly string[] => text.trim().split(/\s+/);

/** Every feature of each class by its pyradiomics name, in the order of computation when all are wanted (that of its methods’ names). */
export const FEATURE_NAMES: Readonly<Record<FeatureClass, readonly string[]>> = {
  firstorder: names(`10Percentile 90Percentile Energy Entropy InterquartileRange Kurtosis Maximum MeanAbsoluteDeviation Mean Median Minimum Range RobustMeanAbsoluteDeviation
    RootMeanSquared Skewness TotalEnergy Uniformity Variance`),
  glcm: names(`Autocorrelation ClusterProminence ClusterShade ClusterTendency Contrast Correlation DifferenceAverage DifferenceEntropy DifferenceVariance Id Idm Idmn Idn Imc1 Imc2
    InverseVariance JointAverage JointEnergy JointEntropy MCC MaximumProbability SumAverage SumEntropy SumSquares`),
  gldm: names(`DependenceEntropy DependenceNonUniformity DependenceNonUniformityNormalized DependenceVariance GrayLevelNonUniformity GrayLevelVariance HighGrayLevelEmphasis
    LargeDependenceEmphasis LargeDependenceHighGrayLevelEmphasis LargeDependenceLowGrayLevelEmphasis LowGrayLevelEmphasis SmallDependenceEmphasis
    SmallDependenceHighGrayLevelEmphasis SmallDependenceLowGrayLevelEmphasis`),
  glrlm: names(`GrayLevelNonUniformity GrayLevelNonUniformityNormalized GrayLevelVariance HighGrayLevelRunEmphasis LongRunEmphasis LongRunHighGrayLevelEmphasis
    LongRunLowGrayLevelEmphasis LowGrayLevelRunEmphasis RunEntropy RunLengthNonUniformity RunLengthNonUniformityNormalized RunPercentage RunVariance ShortRunEmphasis
    ShortRunHighGrayLevelEmphasis ShortRunLowGrayLevelEmphasis`),
  glszm: names(`GrayLevelNonUniformity GrayLevelNonUniformityNormalized GrayLevelVariance HighGrayLevelZoneEmphasis LargeAreaEmphasis LargeAreaHighGrayLevelEmphasis
    LargeAreaLowGrayLevelEmphasis LowGrayLevelZoneEmphasis SizeZoneNonUniformity SizeZoneNonUniformityNormalized SmallAreaEmphasis SmallAreaHighGrayLevelEmphasis
    SmallAreaLowGrayLevelEmphasis ZoneEntropy ZonePercentage ZoneVariance`),
  ngtdm: names('Busyness Coarseness Complexity Contrast Strength'),
  shape: names(`Elongation Flatness LeastAxisLength MajorAxisLength Maximum2DDiameterColumn Maximum2DDiameterRow Maximum2DDiameterSlice Maximum3DDiameter MeshVolume
    MinorAxisLength Sphericity SurfaceArea SurfaceVolumeRatio VoxelVolume`),
  shape2D: names('Elongation MajorAxisLength MaximumDiameter MeshSurface MinorAxisLength Perimeter PerimeterSurfaceRatio PixelSurface Sphericity'),
};

/** Features computed only when named. */
export const ONLY_WHEN_NAMED: Readonly<Partial<Record<FeatureClass, readonly string[]>>> = {
  firstorder: ['StandardDeviation'],
  shape: ['Compactness1', 'Compactness2', 'SphericalDisproportion'],
  shape2D: ['SphericalDisproportion'],
};

/** Names pyradiomics still accepts and answers with nothing, and what to use instead. */
export const WITHDRAWN: Readonly<Partial<Record<FeatureClass, Readonly<Record<string, string>>>>> = {
  glcm: { Dissimilarity: 'DifferenceAverage', Homogeneity1: 'Id', Homogeneity2: 'Idm', SumVariance: 'ClusterTendency' },
  gldm: { GrayLevelNonUniformityNormalized: 'firstorder Uniformity', DependencePercentage: 'none: it is always 1' },
};
