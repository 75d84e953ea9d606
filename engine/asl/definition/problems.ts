/** AWS's codes of what is wrong with a definition (API reference, "ValidateStateMachineDefinitionDiagnostic"). */
export type ProblemCode = 'SCHEMA_VALIDATION_FAILED' | 'MISSING_TRANSITION_TARGET' | 'MISSING_END_STATE' | 'DUPLICATE_STATE_NAME'
  | 'INVALID_STATE_NAME' | 'DUPLICATE_LABEL_NAME' | 'INVALID_LABEL_NAME' | 'RESERVED_VARIABLE_NAME' | 'INVALID_VARIABLE_NAME'
  | 'INVALID_JSONATA_EXPRESSION' | 'UNSUPPORTED_JSONATA_EXPRESSION';

/** What is wrong with a definition, in the order in which it was found. */
export class Problems {
  public readonly list: string[] = [];

  /** @param at the place: `/States/NAME/Field` */
  public add(code: ProblemCode, message: string, at: string): void {
    this.list.push(`${code}: ${message} at ${at}`);
  }

  /** Something of the wrong kind. */
  public schema(message: string, at: string): void {
    this.add('SCHEMA_VALIDATION_FAILED', message, at);
  }
}
