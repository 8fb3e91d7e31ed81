import { afterFirstFrame } from '@consilium/interface/first-frame';

afterFirstFrame(() => import('./application.js'));
