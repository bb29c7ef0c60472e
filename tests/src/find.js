// Returns the first shown element within arguments[0] of the role arguments[1] and the accessible name arguments[2].
// Enough of the rules for names to find what the app has; axe checks that names are there at all.
const [within, role, wanted] = arguments;
const implied = {
  button: 'button, summary, input[type=submit]',
  link: 'a[href]',
  textbox: 'input:not([type]), input[type=text], input[type=search], textarea, [contenteditable=true]',
  checkbox: 'input[type=checkbox]',
  radio: 'input[type=radio]',
  combobox: 'select',
  heading: 'h1, h2, h3, h4',
  dialog: 'dialog',
  region: 'section[aria-label], section[aria-labelledby]',
  navigation: 'nav',
  listitem: 'li',
  article: 'article',
};
const text = (node) => {
  if (node.nodeType === Node.TEXT_NODE) return node.data;
  if (node.nodeType !== Node.ELEMENT_NODE || node.getAttribute('aria-hidden') === 'true') return '';
  return [...node.childNodes].map(text).join(node.localName === 'svg' ? '' : ' ');
};
const tidy = (words) => words.replace(/\s+/g, ' ').trim();
const name = (element) => {
  const by = element.getAttribute('aria-labelledby');
  if (by) return tidy(by.split(' ').map((id) => text(document.getElementById(id) ?? new Text(''))).join(' '));
  const label = element.getAttribute('aria-label');
  if (label) return tidy(label);
  if (element.labels?.length) return tidy([...element.labels].map(text).join(' '));
  return tidy(text(element)) || tidy(element.title ?? '') || tidy(element.placeholder ?? '');
};
const pattern = /^\/(.*)\/$/.exec(wanted)?.[1];
const fits = (words) => (pattern ? new RegExp(pattern).test(words) : words === wanted);
const selector = `[role="${role}"]` + (implied[role] ? `, :is(${implied[role]}):not([role])` : '');
const shown = (element) => element.checkVisibility({ visibilityProperty: true }) && !element.closest('[inert]');
for (const root of document.querySelectorAll(within)) {
  for (const element of root.querySelectorAll(selector)) if (shown(element) && fits(name(element))) return element;
}
return null;
