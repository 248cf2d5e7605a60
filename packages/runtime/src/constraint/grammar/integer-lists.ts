/** Lists of integers, each held once and known by a number. */
export class IntegerLists {
  private readonly lists: Int32Array[] = [];
  /** Numbers of lists, one higher, by hash; 0 is a free place. */
  private table = new Int32Array(256);

  /** The same lists, to which others are then added apart. */
  copy(): IntegerLists {
    const other = new IntegerLists();
    for (const list of this.lists) other.lists.push(list);
    other.table = this.table.slice();
    return other;
  }

  /** The list of a number. Do not modify. */
  list(id: number): Int32Array {
    return this.lists[id]!;
  }

  /** The number of a list. */
  id(list: readonly number[]): number {
    const last = this.table.length - 1;
    let slot = hash(list) & last;
    for (let stored = this.table[slot]!; stored !== 0; stored = this.table[slot]!) {
      const other = this.lists[stored - 1]!;
      if (other.length === list.length && other.every((member, index) => member === list[index])) return stored - 1;
      slot = (slot + 1) & last;
    }
    const id = this.lists.push(Int32Array.from(list)) - 1;
    this.table[slot] = id + 1;
    if (this.lists.length * 2 > this.table.length) this.grow();
    return id;
  }

  private grow(): void {
    this.table = new Int32Array(this.table.length * 2);
    const last = this.table.length - 1;
    for (const [id, list] of this.lists.entries()) {
      let slot = hash(list) & last;
      while (this.table[slot] !== 0) slot = (slot + 1) & last;
      this.table[slot] = id + 1;
    }
  }
}

function hash(list: ArrayLike<number>): number {
  let value = list.length;
  for (let index = 0; index < list.length; index++)
    value = Math.imul(value ^ list[index]!, 0x9e3779b1) ^ (value >>> 15);
  return value >>> 0;
}
