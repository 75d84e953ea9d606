import { appendFileSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { eventPattern } from './event-pattern';
import type { Resource } from '../assembly/stack-resources';

/** An event as EventBridge gives it to its rules. */
export interface ServiceEvent {
  readonly 'version': '0';
  readonly 'id': string;
  readonly 'detail-type': string;
  readonly 'source': string;
  readonly 'account': string;
  /** ISO 8601, whole seconds. */
  readonly 'time': string;
  readonly 'region': string;
  readonly 'resources': readonly string[];
  readonly 'detail': Readonly<Record<string, unknown>>;
}

interface TopicTarget {
  readonly topicArn: string;
  /** What the topic's subscribers get. */
  readonly message: (event: ServiceEvent) => string;
}

/** A rule of the template that sends events to topics. */
export interface NotificationRule {
  readonly arn: string;
  readonly matches: (event: ServiceEvent) => boolean;
  readonly targets: readonly TopicTarget[];
}

const TOPIC = /^arn:[^:]+:sns:/;

/** The rules that send events to topics, and what of them is not supported; a rule with other targets alone has no part in a run. */
export function loadRules(resources: readonly Resource[]): { rules: NotificationRule[]; problems: string[] } {
  const problems: string[] = [];
  const rules = resources.flatMap(({ logicalId, arn, properties }): NotificationRule[] => {
    const targets = (properties.Targets ?? []).filter((target: Record<string, any>) => TOPIC.test(String(target.Arn)));
    if (targets.length === 0 || properties.State === 'DISABLED') return [];
    try {
      if (properties.EventPattern === undefined) throw new Error('a rule with a schedule is not supported; one with an EventPattern is');
      return [{ arn, matches: eventPattern(properties.EventPattern), targets: targets.map(topicTarget) }];
    } catch (error) {
      problems.push(`${logicalId}: ${(error as Error).message}`);
      return [];
    }
  });
  return { rules, problems };
}

/** Writes what the rules send to topics into a file: one line of JSON for each message. */
export class Notifications {
  /** @param file made when there is a first message */
  constructor(private readonly rules: readonly NotificationRule[], private readonly file: string) {}

  public publish(event: ServiceEvent): void {
    for (const { arn, matches, targets } of this.rules) {
      if (!matches(event)) continue;
      for (const { topicArn, message } of targets) {
        mkdirSync(dirname(this.file), { recursive: true });
        appendFileSync(this.file, `${JSON.stringify({ time: event.time, topicArn, ruleArn: arn, message: message(event) })}\n`);
      }
    }
  }
}

function topicTarget(target: Record<string, any>): TopicTarget {
  const topicArn = String(target.Arn);
  if (target.Input !== undefined) return { topicArn, message: () => target.Input };
  if (target.InputPath !== undefined) {
    const value = valueAt(target.InputPath);
    return { topicArn, message: (event) => JSON.stringify(value(event)) };
  }
  if (target.InputTransformer === undefined) return { topicArn, message: (event) => JSON.stringify(event) };
  const { InputPathsMap = {}, InputTemplate } = target.InputTransformer as { InputPathsMap?: Record<string, string>; InputTemplate: string };
  const values = new Map(Object.entries(InputPathsMap).map(([name, path]) => [name, valueAt(path)]));
  const reserved = /<(aws\.events\.(?!event\.json)[^>]*)>/.exec(InputTemplate);
  if (reserved !== null) throw new Error(`the variable ${reserved[1]} of an input template is not supported`);
  return {
    topicArn,
    message: (event) => unquoted(InputTemplate.replace(/<([^<>]+)>/g, (whole, name: string) => {
      if (name === 'aws.events.event.json') return JSON.stringify(event);
      const value = values.get(name)?.(event);
      // A path that finds nothing leaves nothing; a text goes in without its quotes, which the template has.
      if (value === undefined) return values.has(name) ? '' : whole;
      return typeof value === 'string' ? JSON.stringify(value).slice(1, -1) : JSON.stringify(value);
    })),
  };
}

/** A template that is a text in quotes gives the text. */
function unquoted(message: string): string {
  try {
    const value = JSON.parse(message) as unknown;
    return typeof value === 'string' ? value : message;
  } catch {
    return message;
  }
}

/** `$.detail.status`, `$.resources[0]` */
function valueAt(path: string): (event: ServiceEvent) => unknown {
  if (!/^\$(\.[\w-]+|\[\d+\])*$/.test(path)) throw new Error(`the path ${path} is not supported; one like $.detail.status is`);
  const names = path.match(/[\w-]+/g) ?? [];
  return (event) => names.reduce<unknown>((value, name) => (value as Record<string, unknown> | undefined)?.[name], event);
}
