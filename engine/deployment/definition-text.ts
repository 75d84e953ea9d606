type Properties = Readonly<Record<string, any>>;

/**
 * A state machine's definition as JSON text, with its substitutions made: `${KEY}` for every key of DefinitionSubstitutions, and no other
 * (CloudFormation template reference, "AWS::StepFunctions::StateMachine").
 *
 * @throws Error where the template does not have it
 */
export function definitionText({ DefinitionString, Definition, DefinitionSubstitutions = {} }: Properties): string {
  if (DefinitionString === undefined && Definition === undefined) {
    throw new Error('its definition is not in the template; expected DefinitionString or Definition');
  }
  const text = DefinitionString === undefined ? JSON.stringify(Definition) : String(DefinitionString);
  return text.replace(/\$\{([^{}]+)\}/g, (whole, key: string) => (Object.hasOwn(DefinitionSubstitutions, key) ? String(DefinitionSubstitutions[key]) : whole));
}
