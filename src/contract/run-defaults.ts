/** How many entries a retrieval job makes by default. */
export const DEFAULT_REGIONS_PER_JOB = 10;

/** After how many days inputs and work files expire by default. */
export const DEFAULT_WORK_EXPIRATION_DAYS = 30;

/** How many seconds an Express run waits before it looks at its job again. */
export const EXPRESS_POLL_SECONDS = 5;

/** "Maximum execution time: 5 minutes", AWS Step Functions developer guide, page "Service quotas", of Express workflows. */
export const EXPRESS_MOST_SECONDS = 300;
