import { KernelHeap, type KernelImports } from '@consilium/numerics';
import { ImageFileError } from './image-file-error.js';

const full = (): Error => new ImageFileError('memory', 'The image needs more memory than there is. Cut it around the region (preCrop), or resample it.');

/** Kernels that work on images, in a memory that refuses an image it cannot hold. */
export const imageKernels = <Kernels extends object>(module: string, imports: KernelImports = {}): KernelHeap<Kernels> => new KernelHeap<Kernels>(module, imports, full);
