/** Return the positions of a longest rising run among the places that are not -1. */
export function findRising(places: readonly number[]): number[] {
  const tails: number[] = [];
  const before: number[] = new Array<number>(places.length).fill(-1);
  places.forEach((place, at) => {
    if (place < 0) {
      return;
    }
    let low = 0;
    let high = tails.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (places[tails[middle]] < place) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    before[at] = low ? tails[low - 1] : -1;
    tails[low] = at;
  });
  const run: number[] = [];
  for (let at = tails.length ? tails[tails.length - 1] : -1; at >= 0; at = before[at]) {
    run.push(at);
  }
  return run.reverse();
}
