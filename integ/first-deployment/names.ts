export const STACK_NAME = 'PaviFirstDeployment';
/** Of the state machine that runs one job with a time limit of its own. */
export const PROBE_ARN_OUTPUT = 'ProbeArn';
export const PROBE_STATE = 'WaitForJob';
