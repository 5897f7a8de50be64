// Keys that work wherever the focus is.

/** `actions` has create(), list(), settings(), again() and leave(), which Escape calls. */
export function listenForShortcuts(actions) {
  const shortcuts = { 'shift O': actions.create, 'shift L': actions.list, ',': actions.settings, 'shift Enter': actions.again };
  document.addEventListener('keydown', (event) => {
    if (event.isComposing || document.querySelector('dialog[open]')) return;
    if (event.key === 'Escape') {
      actions.leave();
      return;
    }
    if (!event.ctrlKey && !event.metaKey) return;
    const key = event.key.length === 1 ? event.key.toUpperCase() : event.key;
    const action = shortcuts[`${event.shiftKey ? 'shift ' : ''}${key}`];
    if (!action) return;
    event.preventDefault();
    action();
  });
}
