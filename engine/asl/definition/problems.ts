/** AWS's codes of what is wrong with a definition (API reference, "ValidateStateMachineDefinitionDiagnostic"). */
export type ProblemCode = 'SCHEMA_VALIDATION_FAILED' | 'MISSING_TRANSITION_TARGET' | 'MISSING_END_STATE' | 'DUPLICATE_STATE_NAME'
  | 'INVALID_STATE_NAME' | 'DUPLICATE_LABEL_NAME' | 'INVALID_LABEL_NAME' | 'RESERVED_VARIABLE_NAME' | 'INVALID_VARIABLE_NAME'
  | 'INVALID_JSONATA_EXPRESSION' | 'UNSUPPORTED_JSONATA_EXPRESSION';

/** One thing that is wrong with a definition. */
export interface Problem {
  readonly code: ProblemCode;
  readonly message: string;
  /** The place: `/States/NAME/Field`, or `null` for what has none. */
  readonly at: string;
}

/** What is wrong with a definition, in the order in which it was found. */
export class Problems {
  public readonly found: Problem[] = [];

  /** As AWS's errors write them: `CODE: what is wrong at /States/NAME/Field`. */
  public get list(): string[] {
    return this.found.map(({ code, message, at }) => `${code}: ${message} at ${at}`);
  }

  /** @param at the place: `/States/NAME/Field` */
  public add(code: ProblemCode, message: string, at: string): void {
    this.found.push({ code, message, at });
  }

  /** Something of the wrong kind. */
  public schema(message: string, at: string): void {
    this.add('SCHEMA_VALIDATION_FAILED', message, at);
  }
}
