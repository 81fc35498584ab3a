// Starts the files that take longest first, so that no worker is left alone with one at the end.
// Vitest knows how long they took the last time; in a fresh clone it only knows their sizes.
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const isLong = ({ moduleId }: TestSpecification): boolean =>
  /\/test\/(process\/|contract\/drift)/.test(moduleId);

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}
