/** What was worked out of late, by what it was worked out from: the policies of a fleet ask the same again and again. */
export class Recent<Value extends object> {
  private readonly known = new Map<string, Value>();

  /** `most`: as many are kept; then it begins anew, so that no input fills the memory. */
  constructor(private readonly most: number) {}

  public get(key: string, make: () => Value): Value {
    const before = this.known.get(key);
    if (before !== undefined) return before;
    const made = make();
    if (this.known.size >= this.most) this.forget();
    this.known.set(key, made);
    return made;
  }

  public forget(): void {
    this.known.clear();
  }
}
