/** An answer that is an error, by the service's own name for it; each protocol writes it in its own shape. */
export class ApiError extends Error {
  constructor(public readonly code: string, message: string, public readonly status = 400) {
    super(message);
    this.name = 'ApiError';
  }
}
