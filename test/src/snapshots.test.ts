import { Template } from 'aws-cdk-lib/assertions';
import { withoutAssetHashes } from './support/plain-text';
import { allOptionsStack, minimalStack } from './support/whole-stacks';

// `npx projen test:update` accepts a change; read the difference first: a changed logical id replaces a resource.
test.each([['minimal', minimalStack], ['all options', allOptionsStack]])('the template is as it was: %s', (_name, stack) => {
  expect(withoutAssetHashes(Template.fromStack(stack()))).toMatchSnapshot();
});
