/** A price of AWS in US East (N. Virginia), in US dollars, without free tiers, discounts or taxes. */
export interface Price {
  readonly usd: number;
  readonly unit: string;
  /** The page that is AWS's own, and where its figure was read. */
  readonly source: string;
  /** When the source said so: year and month. */
  readonly date: string;
  /** Of a price that moves, or that no dated source confirmed. */
  readonly caution?: string;
}

export const PRICE_REGION = 'us-east-1';

const FARGATE = 'aws.amazon.com/fargate/pricing, as quoted by cloudburn.io/blog/aws-fargate-pricing and vantage.sh/blog/fargate-pricing';
const STEP_FUNCTIONS = 'aws.amazon.com/step-functions/pricing';
const EXPRESS = `${STEP_FUNCTIONS}, as quoted by wring.co/blog/aws-step-functions-pricing-guide`;
const CLOUDWATCH = 'aws.amazon.com/cloudwatch/pricing, as quoted by factualminds.com/blog/amazon-cloudwatch-pricing-metrics-logs-alarms-dashboards';
const METRICS = 'aws.amazon.com/cloudwatch/pricing, as quoted by signoz.io/guides/cloudwatch-pricing';
const S3 = 'aws.amazon.com/s3/pricing';
const NAT = 'aws.amazon.com/vpc/pricing, as quoted by cloudburn.io/blog/aws-nat-gateway-pricing';
const EC2 = 'aws.amazon.com/ec2/pricing/on-demand, as quoted by go-cloud.io/ec2-instance-costs';
const T3 = 'aws.amazon.com/ec2/pricing/on-demand, as quoted by hacecuentas.com/en/costo-servidor-cloud-aws-ec2-mensual';
const UNCONFIRMED = 'no dated source confirmed it';

export const PRICES = {
  fargateVcpuHour: { usd: 0.04048, unit: 'vCPU-hour of Fargate, Linux/X86', source: FARGATE, date: '2026-03' },
  fargateGbHour: { usd: 0.004445, unit: 'GB-hour of Fargate, Linux/X86', source: FARGATE, date: '2026-03' },
  fargateArmVcpuHour: { usd: 0.03238, unit: 'vCPU-hour of Fargate, Linux/ARM', source: FARGATE, date: '2026-03' },
  fargateArmGbHour: { usd: 0.00356, unit: 'GB-hour of Fargate, Linux/ARM', source: FARGATE, date: '2026-03' },
  fargateSpotShare: {
    usd: 0.3, unit: 'share of the price of Fargate for Fargate Spot', source: FARGATE, date: '2026-03', caution: '"up to 70%" off; moves with supply',
  },
  ec2M5LargeHour: { usd: 0.096, unit: 'hour of an m5.large (2 vCPU, 8 GiB)', source: EC2, date: '2026-11', caution: 'the quote has no date of its own' },
  ec2T3MediumHour: { usd: 0.0416, unit: 'hour of a t3.medium (2 vCPU, 4 GiB)', source: T3, date: '2026-04' },
  ec2SpotShare: {
    usd: 0.4, unit: 'share of the price of EC2 for EC2 Spot', source: 'aws.amazon.com/ec2/spot/pricing', date: '2026-11', caution: 'assumed; moves by the hour',
  },
  statesTransition: { usd: 0.000025, unit: 'state transition, Standard', source: STEP_FUNCTIONS, date: '2026-03' },
  expressRequest: { usd: 0.000001, unit: 'request, Express', source: EXPRESS, date: '2026-03' },
  expressGbSecond: { usd: 0.00001667, unit: 'GB-second, Express', source: EXPRESS, date: '2026-03' },
  s3GbMonth: { usd: 0.023, unit: 'GB-month of S3 Standard', source: S3, date: '2026-11', caution: UNCONFIRMED },
  s3Put: { usd: 0.000005, unit: 'PUT, COPY, POST or LIST of S3', source: S3, date: '2026-11', caution: UNCONFIRMED },
  s3Get: { usd: 0.0000004, unit: 'GET of S3', source: S3, date: '2026-11', caution: UNCONFIRMED },
  logsGb: { usd: 0.5, unit: 'GB of logs taken in', source: CLOUDWATCH, date: '2026-06' },
  logsGbMonth: { usd: 0.03, unit: 'GB-month of logs kept', source: CLOUDWATCH, date: '2026-11', caution: UNCONFIRMED },
  alarmMonth: { usd: 0.1, unit: 'metric of an alarm, a month', source: CLOUDWATCH, date: '2026-11', caution: UNCONFIRMED },
  dashboardMonth: { usd: 3, unit: 'dashboard, a month', source: CLOUDWATCH, date: '2026-06' },
  metricMonth: { usd: 0.3, unit: 'custom metric, a month', source: METRICS, date: '2026-02' },
  traceRecorded: { usd: 0.000005, unit: 'trace recorded by X-Ray', source: 'aws.amazon.com/xray/pricing', date: '2026-11', caution: UNCONFIRMED },
  natGb: { usd: 0.045, unit: 'GB through a NAT gateway', source: NAT, date: '2026-02' },
} as const satisfies Readonly<Record<string, Price>>;

export type PriceName = keyof typeof PRICES;

export function price(name: PriceName): number {
  return PRICES[name].usd;
}
