/** The state that a line of states has come to, with all that it began with. */
export interface Arrival {
  readonly state: string;
  readonly input: unknown;
  readonly variables: Readonly<Record<string, unknown>>;
  /** The event of its entry. */
  readonly enteredEvent: number;
}

/** A step of a line of states; the path has the indexes of the branches or iterations around it. */
export type Move = { readonly path: readonly number[] } & (
  { readonly at: Arrival }
  /** The line's end. */
  | { readonly result: unknown }
  /** The state begins again, with all of its branches or iterations. */
  | { readonly again: true }
  /** What the state, or the line, wants to find when it is redriven; JSON. */
  | { readonly memo: unknown }
);

/**
 * Where an execution is: the state that it has come to, and within it those of the branches or iterations. A redrive goes on from there:
 * "RedriveExecution reschedules and redrives only the iterations and branches that failed or aborted" (AWS Step Functions API reference).
 */
export class Place {
  /** The place after these moves; further ones are told as well. */
  public static after(moves: readonly Move[], onMove: (move: Move) => void): Place {
    const root = new Place(onMove);
    for (const move of moves) move.path.reduce<Place>((place, index) => place.inner(index), root).take(move);
    return root;
  }

  private readonly places = new Map<number, Place>();
  private arrival?: Arrival;
  private ended?: { readonly result: unknown };
  private remembered?: unknown;

  constructor(private readonly onMove: (move: Move) => void = () => undefined, private readonly path: readonly number[] = []) {}

  /** The state; undefined where there was none yet. */
  public get at(): Arrival | undefined {
    return this.arrival;
  }

  /** The result, where the line has come to its end. */
  public get end(): { readonly result: unknown } | undefined {
    return this.ended;
  }

  /** What was last remembered here; undefined from the next move of another kind on. */
  public get memo(): unknown {
    return this.remembered;
  }

  /** The place within the state, of a branch or iteration. */
  public inner(index: number): Place {
    let place = this.places.get(index);
    if (place === undefined) {
      place = new Place(this.onMove, [...this.path, index]);
      this.places.set(index, place);
    }
    return place;
  }

  public arrive(at: Arrival): void {
    this.tell({ path: this.path, at });
  }

  public finish(result: unknown): void {
    this.tell({ path: this.path, result });
  }

  public remember(memo: unknown): void {
    this.tell({ path: this.path, memo });
  }

  public beginAgain(): void {
    if (this.places.size > 0 || this.remembered !== undefined) this.tell({ path: this.path, again: true });
  }

  private tell(move: Move): void {
    this.take(move);
    this.onMove(move);
  }

  private take(move: Move): void {
    if ('memo' in move) {
      this.remembered = move.memo;
      return;
    }
    this.places.clear();
    this.remembered = undefined;
    if ('at' in move) this.arrival = move.at;
    if ('result' in move) this.ended = { result: move.result };
  }
}
