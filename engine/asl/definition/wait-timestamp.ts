const FORMAT = /^(\d{4})-(\d\d)-(\d\d)T\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d(:\d\d)?)$/;

/**
 * The time of an ISO 8601 extended offset date-time, in milliseconds since 1970.
 *
 * @returns undefined where the text is none: without `T`, without `Z` or an offset, or of a day that there is not
 */
export function parseTimestamp(text: string): number | undefined {
  const [, year, month, day] = FORMAT.exec(text) ?? [];
  // Date.parse takes the 31st of a month of 30 days for the next month's first.
  if (day === undefined || Number(day) > new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate()) return undefined;
  const time = Date.parse(text.replace(/(\.\d{3})\d+/, '$1').replace(/([+-]\d\d:\d\d):\d\d$/, '$1'));
  return Number.isNaN(time) ? undefined : time;
}
