import { DeregisterJobDefinitionCommand, RegisterJobDefinitionCommand, RegisterJobDefinitionCommandInput } from '@aws-sdk/client-batch';
import { TestStateCommand } from '@aws-sdk/client-sfn';
import { jobDefinitionsOf, templateOf } from '../assembly';
import { Observation, verdictOf } from '../observation';
import type { Session } from '../session';
import type { Step } from '../step';

const STEP = 'job-definitions';
const IMAGE = 'public.ecr.aws/docker/library/busybox:latest';
/** Names in these are somebody's own, and stay as they are. */
const MAPS = ['Parameters', 'Tags', 'Options'];

export const jobDefinitions: Step = {
  name: STEP,
  title: 'RegisterJobDefinition of each job definition of the template, with an image and roles that stand for the deployed ones',
  price: 'nothing',
  leaves: 'inactive revisions of pavi-first-deployment-*, which AWS deletes after 180 days',
  run: async ({ session, assembly }) => {
    const account = await accountOf(session);
    const observations: Observation[] = [];
    for (const [index, [id, properties]] of jobDefinitionsOf(templateOf(assembly)).entries()) {
      const seen = await register(session, `pavi-first-deployment-${index}`, account, properties);
      const verdict = seen.startsWith('UnknownOperation') ? 'open' : verdictOf(seen, /^registered/);
      observations.push({ step: STEP, what: id.replace(/[0-9A-F]{8}$/, ''), expected: 'registered (row 5: no host in a volume on Fargate)', seen, verdict });
    }
    return observations;
  },
};

async function register(session: Session, jobDefinitionName: string, account: string, properties: Record<string, unknown>): Promise<string> {
  const container = properties.ContainerProperties as Record<string, unknown>;
  const role = `arn:aws:iam::${account}:role/pavi-first-deployment`;
  const roles = Object.keys(container).filter((name) => name.endsWith('RoleArn')).map((name) => [name, role]);
  const request = lowerCamelCase({
    ...properties, JobDefinitionName: jobDefinitionName, ContainerProperties: { ...container, Image: IMAGE, ...Object.fromEntries(roles) },
  }) as RegisterJobDefinitionCommandInput;
  try {
    const { jobDefinitionArn, revision } = await session.batch.send(new RegisterJobDefinitionCommand(request));
    await session.batch.send(new DeregisterJobDefinitionCommand({ jobDefinition: jobDefinitionArn }));
    session.keep(`${jobDefinitionName}-registered`, { request, revision });
    return 'registered, and deregistered again';
  } catch (error) {
    const { name, message } = error as Error;
    session.keep(`${jobDefinitionName}-error`, { request, error: { name, message } });
    return `${name}: ${message}`;
  }
}

/** TestState knows the account of its execution. */
async function accountOf(session: Session): Promise<string> {
  const definition = '{"QueryLanguage":"JSONata","Type":"Pass","Output":"{% $states.context.Execution.Id %}","End":true}';
  const { output = '""' } = await session.sfn.send(new TestStateCommand({ definition }));
  return String(JSON.parse(output)).split(':')[4];
}

/** A template's properties as the API has them. */
function lowerCamelCase(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(lowerCamelCase);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value)
    .map(([name, item]) => [name[0].toLowerCase() + name.slice(1), MAPS.includes(name) ? item : lowerCamelCase(item)]));
}
