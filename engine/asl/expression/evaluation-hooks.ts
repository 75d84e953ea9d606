/** JSONata calls what is bound to these around each step of an evaluation. */
export const ENTRY = Symbol.for('jsonata.__evaluate_entry') as unknown as string;
export const EXIT = Symbol.for('jsonata.__evaluate_exit') as unknown as string;

/** Under this name an evaluation is bound in its environment; no expression can name it. */
export const EVALUATION = 'this evaluation';
