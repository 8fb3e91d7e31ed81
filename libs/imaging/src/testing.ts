export { slice, writeDicom, type Elements, type SliceFields } from './fixtures/write-dicom.js';
