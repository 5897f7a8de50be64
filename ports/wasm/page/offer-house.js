// The button of the house. What is behind it is loaded when somebody presses it.

/** Shows the section, if this page has the house's files. */
export function offerHouse(bytes) {
  if (!bytes) return;
  const byId = (id) => document.getElementById(id);
  const [button, status] = [byId('house-open'), byId('house-status')];
  status.textContent = `This loads ${(bytes / 1e6).toFixed(2)} MB.`;
  byId('house').hidden = false;
  button.addEventListener('click', async () => {
    button.disabled = true;
    byId('house-problem').textContent = '';
    status.textContent = 'Loading.';
    try {
      const { House } = await import('./house/house.js');
      window.ringletHouse = await House.open();
    } catch (error) {
      status.textContent = '';
      byId('house-problem').textContent = error.message;
      button.disabled = false;
      return;
    }
    status.textContent = 'The house is open.';
    byId('house-parts').hidden = false;
    byId('house-say').focus();
    button.remove();
  });
}
