import type { StatesOperation } from './operation';
import { known, oneOf, required, wholeNumber } from './states-input';
import { checkDefinition } from '../../asl/definition/check-definition';
import type { WorkflowType } from '../../asl/definition/definition';
import { Problems } from '../../asl/definition/problems';
import { parseShallow } from '../../asl/expression/strict-json';
import { authorize } from '../../iam/evaluate';

/** API reference, ValidateStateMachineDefinition. */
const MAX_DEFINITION = 1_048_576;
const MAX_DIAGNOSTICS = 100;

interface Diagnostic {
  readonly severity: 'ERROR';
  readonly code: string;
  readonly message: string;
  readonly location?: string;
}

/** The engine's own checks, which are those that a definition passes when it is loaded; there are no warnings. */
export const validateStateMachineDefinition: StatesOperation = (_account, input, principal) => {
  known('ValidateStateMachineDefinition', input, ['definition', 'type', 'severity', 'maxResults']);
  const text = required(input, 'definition', MAX_DEFINITION, true);
  const type = (oneOf(input, 'type', ['STANDARD', 'EXPRESS']) ?? 'STANDARD') as WorkflowType;
  oneOf(input, 'severity', ['ERROR', 'WARNING']);
  const most = wholeNumber(input, 'maxResults', 0, MAX_DIAGNOSTICS) || MAX_DIAGNOSTICS;
  authorize({ principal, action: 'states:ValidateStateMachineDefinition', resource: '*' });
  const found = diagnostics(text, type);
  return { result: found.length === 0 ? 'OK' : 'FAIL', diagnostics: found.slice(0, most), truncated: found.length > most };
};

function diagnostics(text: string, type: WorkflowType): Diagnostic[] {
  const problems = new Problems();
  try {
    checkDefinition(parseShallow(text), type, problems);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return [{ severity: 'ERROR', code: 'INVALID_JSON_DESCRIPTION', message: error.message }];
  }
  return problems.found.map(({ code, message, at }) => ({ severity: 'ERROR', code, message, ...at === 'null' ? {} : { location: at } }));
}
