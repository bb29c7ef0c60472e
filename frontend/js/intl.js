// Times and numbers in the words of the page's language, by the browser's own tables. Formatters are kept: making one is slow.

const kept = new Map();
const formatter = (Kind, options) => {
  const name = Kind.name + JSON.stringify(options);
  if (!kept.has(name)) kept.set(name, new Kind(document.documentElement.lang, options));
  return kept.get(name);
};
// The reader's zone: the one they picked, which js/boot.js has looked at, or the device's.
const zone = () => document.documentElement.dataset.zone;
const times = (options, of = zone()) => formatter(Intl.DateTimeFormat, { ...options, timeZone: of });

/** What a clock on a wall shows, as if it were UTC: in the reader's zone, or in another. */
function wall(ms, of) {
  const options = { year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit' };
  const parts = times({ ...options, hourCycle: 'h23', calendar: 'gregory', numberingSystem: 'latn' }, of).formatToParts(ms);
  const { year, month, day, hour, minute, second } = Object.fromEntries(parts.map(({ type, value }) => [type, Number(value)]));
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

const UNITS = [
  ['year', 31_557_600_000],
  ['month', 2_629_800_000],
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
];

/** "3 hours ago", for a difference in milliseconds; negative lies in the past. */
export function relativeTime(difference) {
  const [unit, length] = UNITS.find(([, length]) => Math.abs(difference) >= length) ?? ['second', 60_000];
  return formatter(Intl.RelativeTimeFormat, { numeric: 'auto' }).format(Math.trunc(difference / length), unit);
}

/** The moment itself, in the reader's zone. */
export function exactTime(ms) {
  return exactTimeIn(ms, zone());
}

/** The moment as a clock in another zone shows it. */
export function exactTimeIn(ms, of) {
  const options = { dateStyle: 'medium', timeStyle: 'short' };
  try {
    return times(options, of).format(ms);
  } catch {
    // A zone that this browser doesn't know: then it is said in the reader's, by name.
    return times({ ...options, dateStyle: undefined, timeStyle: undefined, year: 'numeric', month: 'short', day: 'numeric', hour: 'numeric', minute: '2-digit', timeZoneName: 'short' }).format(ms);
  }
}

/** Short: the time of today, else the day. */
export function shortTime(ms, now) {
  const [day, today] = [ms, now].map((moment) => new Date(wall(moment)).toISOString());
  const year = day.slice(0, 4) === today.slice(0, 4) ? undefined : 'numeric';
  const options = day.slice(0, 10) === today.slice(0, 10) ? { timeStyle: 'short' } : { day: 'numeric', month: 'short', year };
  return times(options).format(ms);
}

export function isoTime(ms) {
  return new Date(ms).toISOString();
}

/** The value of a datetime-local field, in the reader's zone. */
export function fieldTime(ms) {
  return new Date(wall(ms)).toISOString().slice(0, 16);
}

/** The moment a datetime-local field stands for; NaN when it is empty. */
export function parseFieldTime(text) {
  const shown = Date.parse(`${text}Z`);
  if (Number.isNaN(shown)) return shown;
  // What the zone is ahead differs a little before and after the clocks change; the second look is at the right side.
  const near = shown - (wall(shown) - shown);
  return shown - (wall(near) - near);
}

/** By how many milliseconds a zone is ahead of UTC at a moment; NaN for one the browser doesn't know. */
export function offsetAt(ms, of) {
  try {
    const whole = Math.floor(ms / 1000) * 1000;
    return wall(whole, of) - whole;
  } catch {
    return NaN;
  }
}

/** Every zone the browser knows, by name; empty where it doesn't tell. */
export function zones() {
  return Intl.supportedValuesOf?.('timeZone') ?? [];
}

/** The zone of the device. */
export function deviceZone() {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone;
}

export function formatNumber(value) {
  return formatter(Intl.NumberFormat, {}).format(value);
}

export function formatBytes(bytes) {
  const [unit, size] = bytes >= 1e9 ? ['gigabyte', 1e9] : bytes >= 1e6 ? ['megabyte', 1e6] : ['kilobyte', 1e3];
  return formatter(Intl.NumberFormat, { style: 'unit', unit, unitDisplay: 'short', maximumFractionDigits: 1 }).format(bytes / size);
}
