// Arithmetic on the times of tasks, which are text with microseconds: a Date would cut those off.

/**
 * The time that many microseconds after `time`, both RFC 3339 in UTC with six digits of a second.
 */
export const microsecondsAfter = (time: string, microseconds: number): string => {
  const fraction = Number(time.slice(20, 26)) + microseconds;
  const seconds = Date.parse(`${time.slice(0, 19)}Z`) + Math.floor(fraction / 1e6) * 1000;
  return `${new Date(seconds).toISOString().slice(0, 19)}.${String(fraction % 1e6).padStart(6, '0')}Z`;
};
