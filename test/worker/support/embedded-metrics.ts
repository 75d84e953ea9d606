/** "Unit" of the CloudWatch API reference's MetricDatum. */
const UNITS = [
  ...['Seconds', 'Microseconds', 'Milliseconds', 'Percent', 'Count', 'Count/Second', 'None'],
  ...['Bytes', 'Kilobytes', 'Megabytes', 'Gigabytes', 'Terabytes', 'Bits', 'Kilobits', 'Megabits', 'Gigabits', 'Terabits'].flatMap((unit) => [unit, `${unit}/Second`]),
];
const MAX_METRICS = 100;
const MAX_DIMENSIONS = 30;
const FORTNIGHT_MS = 14 * 24 * 3600 * 1000;

/**
 * What in a record breaks the rules of CloudWatch's embedded metric format (CloudWatch user guide, page "Specification: Embedded
 * metric format"): CloudWatch says nothing of such a record, and makes no metrics of it.
 */
export function embeddedMetricProblems(record: any): string[] {
  const problems: string[] = [];
  const check = (right: boolean, problem: string) => { if (!right) problems.push(problem); };
  const isName = (value: unknown, longest: number) => typeof value === 'string' && value.length > 0 && value.length <= longest;
  check(typeof record?._aws === 'object', 'no _aws');
  const { Timestamp, CloudWatchMetrics } = record?._aws ?? {};
  check(Number.isInteger(Timestamp) && Math.abs(Timestamp - Date.now()) < FORTNIGHT_MS, 'Timestamp is not milliseconds of these days');
  check(Array.isArray(CloudWatchMetrics) && CloudWatchMetrics.length > 0, 'CloudWatchMetrics is no list');
  for (const directive of CloudWatchMetrics ?? []) {
    check(isName(directive.Namespace, 255) && !directive.Namespace.startsWith('AWS/'), 'Namespace');
    check(Array.isArray(directive.Dimensions) && directive.Dimensions.length > 0, 'Dimensions is no list');
    for (const set of directive.Dimensions ?? []) {
      check(Array.isArray(set) && set.length <= MAX_DIMENSIONS, 'a dimension set');
      for (const dimension of set) check(isName(record[dimension], 1024), `the dimension ${dimension} has no text as its value`);
    }
    check(Array.isArray(directive.Metrics) && directive.Metrics.length > 0 && directive.Metrics.length <= MAX_METRICS, 'Metrics is no list of up to 100');
    for (const { Name, Unit } of directive.Metrics ?? []) {
      check(isName(Name, 1024), 'a metric without a name');
      check(Unit === undefined || UNITS.includes(Unit), `the unit of ${Name}`);
      check(typeof record[Name] === 'number' && Number.isFinite(record[Name]), `the value of ${Name}`);
    }
  }
  return problems;
}
