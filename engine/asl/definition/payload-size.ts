/** "Maximum input or output size: 256 KiB of data as a UTF-8 encoded string" (developer guide, page "Service quotas"). */
export const MAX_PAYLOAD_BYTES = 256 * 1024;
/** "The total size of all stored variables cannot exceed 10MiB per execution" (developer guide, "Passing data between states with variables"). */
export const MAX_VARIABLES_BYTES = 10 * 1024 * 1024;
