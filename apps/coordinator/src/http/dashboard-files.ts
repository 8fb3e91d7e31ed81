import { fileURLToPath } from 'node:url';
import { pageFiles } from '@consilium/operations/pages';

/** Where the dashboard's build is, beside this program. */
export const dashboardFolder = fileURLToPath(new URL('../../../dashboard/dist/', import.meta.url));

/** The dashboard's files, and its page at every address that is not of the API. */
export const dashboardFiles = (folder = dashboardFolder): ReturnType<typeof pageFiles> => pageFiles(folder, { reserved: ['api', 'health', 'metrics', 'socket.io'] });
