export { systemClock, type Clock } from './clock.js';
export { coordinatorConfigurationSchema, type CoordinatorConfiguration, type CoordinatorSettings } from './configuration.js';
export { createCoordinator, type Coordinator, type CoordinatorReplacements } from './create-coordinator.js';
export type { RunProgress } from './runs/run-progress.js';
export type { RunProgram } from './runs/run-execution.js';
export type { Services } from './services.js';
