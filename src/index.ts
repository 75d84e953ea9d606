export * from './pavi-alignment-pipeline';
export * from './pavi-alignment-pipeline-props';
export * from './compute/compute-platform';
export * from './compute/pipeline-compute';
export * from './images/pipeline-images';
export * from './steps/pipeline-step-props';
export * from './progress/jobs-table';
