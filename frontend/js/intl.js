// Times and numbers in the words of the page's language, by the browser's own tables. Formatters are kept: making one is slow.

const kept = new Map();
const formatter = (Kind, options) => {
  const name = Kind.name + JSON.stringify(options);
  if (!kept.has(name)) kept.set(name, new Kind(document.documentElement.lang, options));
  return kept.get(name);
};

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
  return formatter(Intl.DateTimeFormat, { dateStyle: 'medium', timeStyle: 'short' }).format(ms);
}

/** Short: the time of today, else the day. */
export function shortTime(ms, now) {
  const same = new Date(ms).toDateString() === new Date(now).toDateString();
  const year = new Date(ms).getFullYear() === new Date(now).getFullYear() ? undefined : 'numeric';
  const options = same ? { timeStyle: 'short' } : { day: 'numeric', month: 'short', year };
  return formatter(Intl.DateTimeFormat, options).format(ms);
}

export function isoTime(ms) {
  return new Date(ms).toISOString();
}

/** The value of a datetime-local field, in the reader's zone. */
export function fieldTime(ms) {
  return new Date(ms - new Date(ms).getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

/** The moment a datetime-local field stands for; NaN when it is empty. */
export function parseFieldTime(text) {
  return new Date(text).getTime();
}

export function formatNumber(value) {
  return formatter(Intl.NumberFormat, {}).format(value);
}

export function formatBytes(bytes) {
  const [unit, size] = bytes >= 1e9 ? ['gigabyte', 1e9] : bytes >= 1e6 ? ['megabyte', 1e6] : ['kilobyte', 1e3];
  return formatter(Intl.NumberFormat, { style: 'unit', unit, unitDisplay: 'short', maximumFractionDigits: 1 }).format(bytes / size);
}
