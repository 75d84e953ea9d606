/** The words by which the program that drives the engine shows in what the engine says and leaves on the machine. */
export interface Product {
  /** In `server` headers, and in the names of containers and images. */
  readonly name: string;
  /** The error of an execution that was running when the engine stopped. */
  readonly interruptedError: string;
  /** What to do about a request whose keys the endpoint does not know: a sentence. */
  readonly keyAdvice: string;
}
