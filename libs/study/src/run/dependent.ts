/** What a figure rests on has no result; caught where the figure is made. */
export class Dependent extends Error {
  override readonly name = 'Dependent';

  constructor(
    readonly rule: string,
    readonly reason: string,
  ) {
    super(reason);
  }
}
