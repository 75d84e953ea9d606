/** A run's input, in every state of it; a state's own input is another one where a redriven run comes back. */
export const EXECUTION_INPUT = '$states.context.Execution.Input';

/** An expression as a field of a state: on one line, between the marks. */
export function jsonata(expression: string): string {
  return `{% ${expression.trim().replace(/\s*\n\s*/g, ' ')} %}`;
}

/** A text literal. */
export function literal(text: string): string {
  return JSON.stringify(text);
}

/** A regular expression literal. */
export function regex(pattern: string): string {
  return `/${pattern.replace(/\//g, '\\/')}/`;
}

/** An expression that makes the text of a template: `{name}` stands for the value of the expression of that name. */
export function filled(template: string, expressions: { readonly [name: string]: string } = {}): string {
  return template.split(/(\{[a-z]+\})/).filter((part) => part !== '').map((part) => {
    const name = /^\{([a-z]+)\}$/.exec(part)?.[1];
    if (name === undefined) return literal(part);
    if (!(name in expressions)) throw new Error(`no expression for {${name}} of ${literal(template)}`);
    return expressions[name];
  }).join(' & ');
}
