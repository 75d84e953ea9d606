/** A Map's item as `$states.context.Map.Item` has it. */
export interface Item {
  readonly Index: number;
  readonly Value: unknown;
  readonly Source?: string;
}
