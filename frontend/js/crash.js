// The last screen: works with no WebAssembly and with storage blocked, in English and French.
// The panic hook of the app calls slipway.crashed(report); slipway.note(action) keeps the last fifty actions.
(() => {
  'use strict';
  const slipway = (window.slipway ??= {});
  const KEY = 'slipway.actions';
  const KEPT = 50;
  const words = {
    en: {
      title: 'Something broke',
      saved: 'Your work is saved on this device. Reload to go on where you were.',
      'no-wasm': 'This browser has WebAssembly turned off, so Slipway can’t start here. Turn it on, or use another browser. Nothing saved is lost.',
      reload: 'Reload',
      copy: 'Copy report',
      copied: 'Copied',
      details: 'What the report says',
      private: 'The report has the error and the names of your last actions, no texts. It is sent nowhere.',
    },
    fr: {
      title: 'Quelque chose s’est cassé',
      saved: 'Votre travail est enregistré sur cet appareil. Rechargez pour reprendre où vous en étiez.',
      'no-wasm': 'WebAssembly est désactivé dans ce navigateur : Slipway ne peut pas démarrer ici. Activez-le ou utilisez un autre navigateur. Rien d’enregistré n’est perdu.',
      reload: 'Recharger',
      copy: 'Copier le rapport',
      copied: 'Copié',
      details: 'Contenu du rapport',
      private: 'Le rapport contient l’erreur et le nom de vos dernières actions, aucun texte. Il n’est envoyé nulle part.',
    },
  };

  const remembered = () => {
    try {
      const actions = JSON.parse(localStorage.getItem(KEY));
      return Array.isArray(actions) ? actions : [];
    } catch {
      return [];
    }
  };

  slipway.note = (action) => {
    try {
      const line = `${new Date().toISOString()} ${String(action).slice(0, 200)}`;
      localStorage.setItem(KEY, JSON.stringify([...remembered(), line].slice(-KEPT)));
    } catch {
      // Blocked or full: the report is shorter.
    }
  };

  const element = (name, properties, ...children) => {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...children);
    return made;
  };

  const copy = async (text, button, done) => {
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = done;
    } catch {
      getSelection()?.selectAllChildren(button.closest('dialog').querySelector('pre'));
    }
  };

  const show = (say, why, report) => {
    const reload = element('button', { className: 'button is-primary', type: 'button', textContent: say.reload });
    reload.addEventListener('click', () => location.reload());
    const copying = element('button', { className: 'button', type: 'button', textContent: say.copy });
    copying.addEventListener('click', () => copy(report, copying, say.copied));
    const dialog = element('dialog', { className: 'crash', id: 'crash' },
      element('div', {},
        element('h1', { id: 'crash-title', textContent: say.title }),
        element('p', { textContent: say[why] ?? say.saved }),
        element('div', { className: 'row' }, reload, copying),
        element('details', {},
          element('summary', { textContent: say.details }),
          element('p', { textContent: say.private }),
          element('pre', { textContent: report, tabIndex: 0 }))));
    dialog.setAttribute('role', 'alertdialog');
    dialog.setAttribute('aria-labelledby', 'crash-title');
    dialog.addEventListener('cancel', (event) => event.preventDefault());
    document.body.append(dialog);
    dialog.showModal();
    reload.focus();
  };

  // The first report is the cause; what breaks after it follows from it.
  slipway.crashed = (message, why = 'saved') => {
    if (slipway.crash) return;
    slipway.crash = String(message);
    const report = [slipway.crash, location.pathname, navigator.userAgent, new Date().toISOString(), '', ...remembered()].join('\n');
    const say = document.documentElement.lang === 'fr' ? words.fr : words.en;
    try {
      show(say, why, report);
    } catch {
      document.body?.append(element('pre', { textContent: `${say.title}\n${say.saved}\n\n${report}` }));
    }
  };
})();
