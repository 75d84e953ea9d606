import type { github } from 'projen';

/**
 * Every action by its commit, since a tag can be moved. What projen's templates use is looked up by the version that they name, so that a
 * new version in them is an unpinned action until its commit is written down here: test/scripts/workflows.test.ts finds it. (projen itself
 * pins actions/checkout, actions/upload-artifact and actions/download-artifact.) To renew one: `git ls-remote --tags` of its repository.
 */
const COMMITS: Record<string, string> = {
  'actions/setup-node@v7.0.0': '820762786026740c76f36085b0efc47a31fe5020',
  'actions/setup-python@v7.0.0': '5fda3b95a4ea91299a34e894583c3862153e4b97',
  'aws-actions/configure-aws-credentials@v6.2.3': 'e6de054238d6b7531b4efff3b6587d9aade6a06c',
  'github/codeql-action/analyze@v4.36.2': '8aad20d150bbac5944a9f9d289da16a4b0d87c1e',
  'github/codeql-action/init@v4.36.2': '8aad20d150bbac5944a9f9d289da16a4b0d87c1e',
  'peter-evans/create-pull-request@v8.1.1': '5f6978faf089d4d20b00c7766989d076bb2fc7f1',
};

/** Before any workflow is written: projen resolves the actions of its own templates and of ours through these overrides. */
export function pinActions(gh: github.GitHub): void {
  for (const [action, commit] of Object.entries(COMMITS)) gh.actions.set(action, `${action.split('@')[0]}@${commit}`);
}
