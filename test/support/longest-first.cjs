const { default: Sequencer } = require('@jest/test-sequencer');

// Begun at last, these would keep one worker busy when the others have nothing left to do. Jest itself knows how long suites take only where it has run before.
const LONGEST = ['test/package/python', 'test/docs/python-blocks', 'test/package/npm', 'test/cli/here/failures', 'test/integ/', 'test/cli/deployed/', 'test/cli/here/web-api', 'test/cli/here/sigkill', 'test/cli/here/redrive'];

module.exports = class LongestFirst extends Sequencer {
  sort(tests) {
    const rank = ({ path }) => {
      const index = LONGEST.findIndex((part) => path.includes(part));
      return index < 0 ? LONGEST.length : index;
    };
    return [...super.sort(tests)].sort((a, b) => rank(a) - rank(b));
  }
};
