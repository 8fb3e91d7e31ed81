import * as answer from './answers.js';
import { filled, item, needsYou, notApplicable, type Checklist, type Item } from './assessment.js';
import { hasSetting, settingText } from './settings.js';

/** From headers of images, which stay at the hospitals: not among the results. */
const header = (id: string, topic: string, only = ''): Item => item(id, only === '' ? topic : `${topic} (${only})`, `Give it for each scanner${only === '' ? '' : `, if ${only} was used`}. Headers stay at the hospitals.`);
const say = (id: string, topic: string): Item => item(id, topic, 'Say it.');

const patient: readonly Item[] = [
  say('1', 'Region that is imaged'),
  say('2a', 'Instructions before imaging'),
  say('2b', 'Drugs before imaging'),
  say('2c', 'Equipment for comfort'),
  ...['Tracer', 'Administration', 'Activity', 'Uptake time', 'Competing substances'].map((topic, i) => header(`3${'abcde'[i]!}`, topic, 'PET or SPECT')),
  ...['Contrast agent', 'Administration', 'Quantity', 'Time before imaging', 'Competing substances'].map((topic, i) => say(`4${'abcde'[i]!}`, topic)),
  say('5', 'Comorbidities that affect images'),
];

const acquisition: readonly Item[] = [
  header('6', 'Acquisition protocol'),
  item('7', 'Scanner types and vendors', (e) => (e.source.plan?.pipeline?.vendor ? filled('Patients by vendor and sequence; add the types.', 'cohort') : answer.protocol)),
  item('8', 'Modality', answer.fromImages((e) => filled(`Sequences of the plan: ${e.settings.map(({ sequence }) => sequence).join(', ')}.`, 'methods'))),
  header('9a', 'Static or dynamic'),
  header('9b', 'Time of a frame', 'dynamic imaging'),
  header('9c', 'Temporal model', 'dynamic imaging'),
  say('10', 'Calibration of scanners'),
  say('11', 'Instructions during imaging'),
  say('12', 'Correction of motion'),
  header('13', 'Duration of the scan'),
  header('14', 'Tube voltage', 'CT'),
  header('15', 'Tube current', 'CT'),
  header('16', 'Time of flight', 'PET'),
  header('17', 'Coil', 'MRI'),
  header('18a', 'Scanning sequence', 'MRI'),
  header('18b', 'Sequence variant', 'MRI'),
  header('18c', 'Scan options', 'MRI'),
  header('19', 'Repetition time', 'MRI'),
  header('20', 'Echo time', 'MRI'),
  header('21', 'Echo train length', 'MRI'),
  header('22', 'Inversion time', 'MRI'),
  header('23', 'Flip angle', 'MRI'),
  header('24', 'Two or three dimensions', 'MRI'),
  header('25', 'Path through k-space', 'MRI'),
  header('26', 'Averages', 'MRI'),
  header('27', 'Field strength', 'MRI'),
];

const reconstruction: readonly Item[] = [
  header('28', 'In-plane resolution'),
  header('29', 'Slice thickness'),
  header('30', 'Slice spacing'),
  header('31a', 'Kernel', 'CT'),
  header('31b', 'Iterative reconstruction', 'CT'),
  header('31c', 'Exposure', 'CT'),
  header('32a', 'Reconstruction method', 'PET'),
  header('32b', 'Iterations', 'PET'),
  header('32c', 'Subsets', 'PET'),
  header('33', 'Point spread function', 'PET'),
  header('34a', 'Attenuation correction', 'PET'),
  header('34b', 'Other corrections', 'PET'),
  header('35a', 'Reconstruction from k-space', 'MRI'),
  header('35b', 'Suppression of artefacts', 'MRI'),
  header('36', 'b-values', 'diffusion MRI'),
  say('37', 'Registration'),
];

const processing: readonly Item[] = [
  say('38', 'SUV normalisation (PET)'),
  say('39', 'How ADC was computed (diffusion MRI)'),
  say('40', 'Other conversions'),
  item('41', 'Anti-aliasing', answer.fromImages(() => filled('None beyond the interpolator.', 'methods'))),
  say('42', 'Noise suppression before extraction'),
  say('43', 'Smoothing after reconstruction (PET)'),
  say('44', 'Skull stripping (brain MRI)'),
  say('45', 'Correction of non-uniformity (MRI)'),
  item('46', 'Intensity normalisation', answer.normalisation),
  say('47', 'Other processing'),
  say('48a', 'How regions were drawn'),
  say('48b', 'Readers, expertise, consensus'),
  say('48c', 'Automatic segmentation'),
  say('48d', 'Image on which regions were drawn'),
  item('49', 'From contours to masks', answer.fromImages(() => filled('Closed planar contours of RTSTRUCT, holes by odd counts; other formats are masks already (reference-image-formats.md).', 'methods'))),
  item('50a', 'Interpolation', answer.setting('interpolator', 'Interpolator')),
  item('50b', 'Place of the grid', answer.fromImages(() => filled('Aligned to the corner of the origin voxel, as pyradiomics; IBSI aligns centres.', 'methods'))),
  item('50c', 'Size of the grid', answer.setting('padDistance', 'Cropped to the region with a margin, in voxels')),
  item('50d', 'Beyond the image', answer.fromImages((e) => (hasSetting(e.settings, 'resampledPixelSpacing') ? filled('Voxels outside the image have the intensity 0.', 'methods') : notApplicable('Images were not resampled.')))),
  item('51', 'Voxel size', answer.resampling),
  item('52', 'Rounding of intensities (CT)', answer.fromImages(() => filled('Intensities are not rounded after resampling, as pyradiomics.', 'methods'))),
  item('53', 'Interpolation of the mask', answer.fromImages(() => filled('Nearest neighbour.', 'methods'))),
  item('54', 'Partly covered voxels', answer.fromImages(() => filled('None: nearest neighbour gives whole voxels.', 'methods'))),
  item('55', 'Re-segmentation', answer.fromImages((e) => filled(hasSetting(e.settings, 'resegmentRange') ? `To the range ${settingText(e.settings, 'resegmentRange')}.` : 'None.', 'methods'))),
  item('56a', 'Discretisation', answer.discretisation),
  item('56b', 'Bins or width', answer.discretisation),
  item('56c', 'Least intensity of the first bin', answer.discretisation),
  item('57', 'Filters', answer.imageTypes),
];

const features: readonly Item[] = [
  item('58', 'Feature set', answer.featureClasses),
  item('59', 'IBSI compliance', answer.extractionTool),
  item('60', 'Robustness', answer.reliability),
  item('61', 'Software and version', answer.extractionTool),
  item('62', 'Aggregation of texture matrices', answer.fromImages((e) => filled(`${hasSetting(e.settings, 'force2D') ? 'In slices' : 'In three dimensions'}; features averaged over directions.`, 'methods'))),
  item('63', 'Weighting by distance', answer.setting('weightingNorm', 'Norm')),
  item('64', 'Symmetry of the GLCM', answer.ofClass('glcm', answer.setting('symmetricalGLCM', 'Symmetrical'))),
  item('65', 'Distance of the GLCM', answer.ofClass('glcm', answer.setting('distances', 'Distances in voxels'))),
  item('66', 'Linkage of the GLSZM', answer.ofClass('glszm', () => filled('Neighbours at Chebyshev distance 1.', 'methods'))),
  item('67', 'Linkage of the GLDZM', answer.fromImages(() => notApplicable('No distance zone matrix is computed.'))),
  item('68', 'Zone distance of the GLDZM', answer.fromImages(() => notApplicable('No distance zone matrix is computed.'))),
  item('69', 'Distance of the NGTDM', answer.ofClass('ngtdm', answer.setting('distances', 'Distances in voxels'))),
  item('70', 'Distance of the NGLDM', answer.ofClass('gldm', answer.setting('distances', 'Distances in voxels'))),
  item('71', 'Coarseness of the NGLDM', answer.ofClass('gldm', answer.setting('gldm_a', 'Cut-off'))),
];

const models: readonly Item[] = [
  item('72', 'Guideline for the model', () => filled('TRIPOD+AI in this report.', 'checklists')),
  item('73', 'Comparison with known factors', answer.clinicalComparison),
  item('74', 'Multicollinearity', answer.multicollinearity),
  item('75', 'Availability of the model', answer.fullModel),
  item('76', 'Availability of the data', () => needsYou('Say what can be had. No patient row is in the results.')),
];

/** Reporting guidelines of the Image Biomarker Standardisation Initiative, 76 items (reference manual, reporting guidelines). */
export const ibsi: Checklist = {
  id: 'ibsi',
  title: 'IBSI: reporting of image processing and features',
  source: 'Image Biomarker Standardisation Initiative, reference manual, reporting guidelines. Numbers as published, topics shortened.',
  items: [...patient, ...acquisition, ...reconstruction, ...processing, ...features, ...models],
};
