/** "Maximum input or output size: 256 KiB of data as a UTF-8 encoded string" (developer guide, page "Service quotas"). */
export const MAX_PAYLOAD_BYTES = 256 * 1024;
