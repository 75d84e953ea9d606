import { Template } from 'aws-cdk-lib/assertions';
import { allOptionsStack, minimalStack } from './support/whole-stacks';

/** What changes with every build of the worker or of the CDK's own functions: hashes of assets. */
function masked(template: Template): unknown {
  return JSON.parse(JSON.stringify(template.toJSON()).replace(/\b[0-9a-f]{64}\b/g, 'HASH'));
}

// `npx projen test:update` accepts a change; read the difference first: a changed logical id replaces a resource.
test.each([['minimal', minimalStack], ['all options', allOptionsStack]])('the template is as it was: %s', (_name, stack) => {
  expect(masked(Template.fromStack(stack()))).toMatchSnapshot();
});
